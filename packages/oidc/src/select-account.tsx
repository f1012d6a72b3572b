import {
  type AccountView,
  clientName,
  type ClientView,
  type PageDefinition,
  type Step,
  StepForm,
} from '@gatehouse/core';

/** What the page of `prompt=select_account` shows. */
export interface SelectAccountData {
  readonly client: ClientView;
  readonly account: AccountView;
}

/** The page on which a person says with which account to go on. */
export const selectAccountPage: PageDefinition<SelectAccountData> = {
  name: 'select_account',
  title: () => 'Choose an account',
  render: ({ client, account }, page) => (
    <>
      <h1>Choose an account</h1>
      <p class="lead">
        to continue to <bdi>{clientName(client)}</bdi>
      </p>
      <StepForm page={page} step="select_account">
        <button type="submit" class="primary" name="choice" value="continue">
          <span>
            Continue as <bdi>{account.label}</bdi>
          </span>
        </button>
        <button type="submit" name="choice" value="other">
          Use another account
        </button>
      </StepForm>
    </>
  ),
};

/**
 * The step that `prompt=select_account` asks for. Nobody else is asked.
 *
 * @see [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 */
export const selectAccountStep: Step = {
  name: 'select_account',
  requestable: true,
  after: ['login'],
  before: ['consent'],
  required: () => undefined,
  async show({ account, client }) {
    return account ? { page: selectAccountPage.name, data: { client, account } } : { done: {} };
  },
  async submit(interaction, fields) {
    switch (fields.get('choice')) {
      case 'continue':
        return { done: {} };
      case 'other':
        return { switchAccount: true };
      default:
        return selectAccountStep.show(interaction);
    }
  },
};
