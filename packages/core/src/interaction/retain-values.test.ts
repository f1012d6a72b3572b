import { retainValues } from './retain-values.js';

describe('a form that is shown again', () => {
  it('keeps what was typed, and neither passwords nor what people cannot see', () => {
    const form = {
      fields: [
        { name: 'identifier', label: 'Email', type: 'text', value: 'hint' },
        { name: 'phone', label: 'Phone', type: 'tel', value: 'hint' },
        { name: 'password', label: 'Password', type: 'password' },
        { name: 'ticket', label: '', type: 'hidden', value: 't1' },
      ],
      submit: 'Sign in',
    } as const;
    const sent = new Map([
      ['identifier', 'ada'],
      ['password', 'secret'],
      ['ticket', 'forged'],
    ]);
    const values = retainValues(form, sent).fields.map(({ value }) => value);
    expect(values).toEqual(['ada', 'hint', undefined, 't1']);
    expect(form.fields[0].value).toBe('hint');
  });
});
