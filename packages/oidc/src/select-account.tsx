import {
  type AccountView,
  type BrowserAccount,
  clientName,
  type ClientView,
  ContinueAs,
  type PageDefinition,
  type Step,
  StepForm,
} from '@gatehouse/core';

/** What the page of the step shows. */
export interface SelectAccountData {
  readonly client: ClientView;
  readonly account: AccountView;
  /** Who else is signed in in the browser: their `sessionId` as the field `choice` goes on with one. */
  readonly others: readonly BrowserAccount[];
}

/** The page on which a person says with which account to go on. */
export const selectAccountPage: PageDefinition<SelectAccountData> = {
  name: 'select_account',
  title: () => 'Choose an account',
  render: ({ client, account, others }, page) => (
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
        <ContinueAs accounts={others} name="choice" />
        <button type="submit" name="choice" value="other">
          Use another account
        </button>
      </StepForm>
    </>
  ),
};

/**
 * The step that `prompt=select_account` asks for. Else it is shown where a `login_hint` names another account of the browser.
 *
 * @see [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 */
export const selectAccountStep: Step = {
  name: 'select_account',
  requestable: true,
  after: ['login'],
  before: ['consent'],
  required: ({ choiceNeeded }) => choiceNeeded,
  async show({ account, client, otherAccounts }) {
    if (!account) return { done: {} };
    return {
      page: selectAccountPage.name,
      data: { client, account, others: await otherAccounts() } satisfies SelectAccountData,
    };
  },
  async submit(interaction, fields) {
    const choice = fields.get('choice');
    switch (choice) {
      case 'continue':
        return { done: {} };
      case 'other':
        return { addAccount: true };
      case undefined:
        return selectAccountStep.show(interaction);
      default:
        return { useSession: choice };
    }
  },
};
