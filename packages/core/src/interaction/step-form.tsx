import type { ComponentChildren, VNode } from 'preact';
import type { FieldView } from './login-method.js';
import type { PageContext } from './page.js';

/** What {@link StepForm} takes. */
export interface StepFormProps {
  readonly page: PageContext;
  /** The step that gets the form. */
  readonly step: string;
  /** Name of the form for people who hear the page, when a page has several. */
  readonly label?: string;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

/** A form of an interaction: posts to its page with the hidden fields that the pipeline checks. */
export function StepForm({ page, step, label, class: className, children }: StepFormProps): VNode {
  if (page.form === undefined) throw new TypeError('StepForm: this page belongs to no interaction');
  return (
    <form method="post" action={page.form.action} aria-label={label} class={className}>
      <input type="hidden" name="csrf" value={page.form.csrf} />
      <input type="hidden" name="step" value={step} />
      {children}
    </form>
  );
}

/** What {@link Field} takes. */
export interface FieldProps {
  readonly field: FieldView;
  /** Unique on the page. */
  readonly id: string;
  /** Id of the element that explains what is wrong. */
  readonly describedBy?: string | undefined;
  readonly focus?: boolean;
}

/** A labelled input made of a {@link FieldView}. A password is never written into the page. */
export function Field({ field, id, describedBy, focus = false }: FieldProps): VNode {
  const { name, type, value, autocomplete, inputmode, required, maxLength } = field;
  if (type === 'hidden') return <input type="hidden" name={name} value={value} />;
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      <input
        id={id}
        name={name}
        // Preact's types want one literal per element; each of ours is a plain text input.
        type={type as 'text'}
        value={type === 'password' ? undefined : value}
        autocomplete={autocomplete}
        inputmode={inputmode}
        required={required}
        maxLength={maxLength}
        autocapitalize="none"
        spellcheck={false}
        aria-describedby={describedBy}
        // The page has one purpose, and its heading is announced as the title.
        autofocus={focus}
      />
    </div>
  );
}
