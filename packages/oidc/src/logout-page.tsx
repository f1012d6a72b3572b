import {
  clientName,
  type LogoutData,
  type PageDefinition,
  SignedInAs,
  StepForm,
} from '@gatehouse/core';

/**
 * The page of the logout endpoint: the question, and what became of it.
 *
 * @see [RP-Initiated Logout §2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
 */
export const logoutPage: PageDefinition<LogoutData> = {
  name: 'logout',
  title: ({ state }) => titles[state],
  render: ({ state, client, account, others = [], fields = {} }, page) => (
    <>
      <h1>{titles[state]}</h1>
      {state === 'ask' && client !== undefined && (
        <p class="lead">
          <bdi>{clientName(client)}</bdi> asks to sign you out of {page.theme.name}.
        </p>
      )}
      {state === 'ask' && account !== undefined && <SignedInAs account={account} />}
      {state === 'ask' ? (
        <StepForm page={page} step="logout">
          {Object.entries(fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          {account !== undefined && (
            <button type="submit" class="primary" name="logout" value="yes">
              Sign out
            </button>
          )}
          {(account === undefined || others.length > 0) && (
            <button
              type="submit"
              class={account === undefined ? 'primary' : undefined}
              name="logout"
              value="all"
            >
              Sign out of all accounts in this browser
            </button>
          )}
          <button type="submit" class="quiet" name="logout" value="no">
            Stay signed in
          </button>
        </StepForm>
      ) : (
        <p class="lead">{state === 'done' ? 'You can close this page.' : 'Nothing has changed.'}</p>
      )}
      {others.length > 0 && (
        <p class="muted">
          {state === 'ask'
            ? 'Also signed in in this browser: '
            : 'Still signed in in this browser: '}
          {others.map(({ label }, index) => (
            <>
              {index > 0 && ', '}
              <bdi>{label}</bdi>
            </>
          ))}
        </p>
      )}
    </>
  ),
};

const titles: Readonly<Record<LogoutData['state'], string>> = {
  ask: 'Do you want to sign out?',
  done: 'You are signed out',
  stayed: 'You are still signed in',
};
