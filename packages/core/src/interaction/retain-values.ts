import type { FormFields, FormView } from './login-method.js';

/** The form with what the person typed, so that a refused attempt need not be typed again. A password is never kept. */
export function retainValues(form: FormView, fields: FormFields): FormView {
  return {
    ...form,
    fields: form.fields.map((field) => {
      const value =
        field.type === 'text' || field.type === 'email' || field.type === 'tel'
          ? fields.get(field.name)
          : undefined;
      return value === undefined ? field : { ...field, value };
    }),
  };
}
