import type { VNode } from 'preact';
import { clientName } from '../display-text.js';
import type { FormView } from '../login-method.js';
import { ContinueAs } from '../continue-as.js';
import type { PageContext, PageDefinition } from '../page.js';
import { linkUrl } from '../safe-url.js';
import { Field, StepForm } from '../step-form.js';
import type { BrowserAccount, ClientView } from '../view.js';

/** One login method as the login page shows it. */
export interface LoginMethodView {
  readonly name: string;
  readonly label: string;
  readonly form: FormView;
}

/** What the login page shows. */
export interface LoginPageData {
  readonly client: ClientView;
  readonly methods: readonly LoginMethodView[];
  /** What went wrong with the form that was sent. */
  readonly error?: string;
  /** Something to know before going on, e.g. that a mail is on its way. */
  readonly notice?: string;
  /** The method whose form was sent; the error belongs to it. */
  readonly activeMethod?: string;
  /** Why the person must log in now: stable words for a front end of the host's. */
  readonly reasons: readonly string[];
  /** Who is signed in already: their `sessionId` as the field `account` goes on with one. */
  readonly accounts?: readonly BrowserAccount[];
}

/** The page on which a person logs in: one form for each login method, and the way back to the client. */
export const loginPage: PageDefinition<LoginPageData> = {
  name: 'login',
  title: () => 'Sign in',
  render(data, page) {
    const active = data.methods.find(({ name }) => name === data.activeMethod) ?? data.methods[0];
    return (
      <>
        <h1>Sign in</h1>
        <p class="lead">
          to continue to <bdi>{clientName(data.client)}</bdi>
        </p>
        {data.notice !== undefined && (
          <p class="note" role="status">
            {data.notice}
          </p>
        )}
        {data.accounts !== undefined && (
          <StepForm page={page} step="login" label="Signed in already">
            <ContinueAs accounts={data.accounts} name="account" />
          </StepForm>
        )}
        {data.accounts !== undefined && <div class="or">or</div>}
        {data.methods.map((method, index) => (
          <>
            {index > 0 && <div class="or">or</div>}
            <MethodForm
              method={method}
              page={page}
              several={data.methods.length > 1}
              active={method === active}
              error={method === active ? data.error : undefined}
            />
          </>
        ))}
        <StepForm page={page} step="login" class="follow">
          <button type="submit" class="quiet" name="action" value="deny">
            Cancel
          </button>
        </StepForm>
      </>
    );
  },
};

interface MethodFormProps {
  readonly method: LoginMethodView;
  readonly page: PageContext;
  readonly several: boolean;
  readonly active: boolean;
  readonly error: string | undefined;
}

function MethodForm({ method, page, several, active, error }: MethodFormProps): VNode {
  const { name, label, form } = method;
  const errorId = error === undefined ? undefined : `${name}-error`;
  const links = (form.links ?? []).flatMap((link) => {
    const url = linkUrl(link.url);
    return url === undefined ? [] : [{ url, label: link.label }];
  });
  // After a refusal the name is still there and the password is not: the first empty field is where the person goes on.
  const focused = active
    ? form.fields.find(({ type, value }) => type === 'password' || (type !== 'hidden' && !value))
    : undefined;
  return (
    <StepForm page={page} step="login" {...(several ? { label } : {})}>
      <input type="hidden" name="method" value={name} />
      {error !== undefined && (
        <p class="alert" role="alert" id={errorId}>
          {error}
        </p>
      )}
      {form.fields.map((field) => (
        <Field
          field={field}
          id={`${name}-${field.name}`}
          describedBy={errorId}
          focus={field === focused}
        />
      ))}
      <button type="submit" class={active ? 'primary' : undefined}>
        {form.submit}
      </button>
      {links.length > 0 && (
        <p class="beside">
          {links.map((link) => (
            <a href={link.url}>{link.label}</a>
          ))}
        </p>
      )}
    </StepForm>
  );
}
