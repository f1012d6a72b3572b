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
  render: ({ state, client, account, fields = {} }, page) => (
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
          <button type="submit" class="primary" name="logout" value="yes">
            Sign out
          </button>
          <button type="submit" class="quiet" name="logout" value="no">
            Stay signed in
          </button>
        </StepForm>
      ) : (
        <p class="lead">{state === 'done' ? 'You can close this page.' : 'Nothing has changed.'}</p>
      )}
    </>
  ),
};

const titles: Readonly<Record<LogoutData['state'], string>> = {
  ask: 'Do you want to sign out?',
  done: 'You are signed out',
  stayed: 'You are still signed in',
};
