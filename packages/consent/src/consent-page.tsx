import { type PageContext, type PageDefinition, SignedInAs, StepForm } from '@gatehouse/core';
import type { VNode } from 'preact';
import { ClientHead } from './client-head.js';
import type { ConsentGroup, ConsentPageData } from './consent-data.js';

/** The page that asks. */
export const consentPage: PageDefinition<ConsentPageData> = {
  name: 'consent',
  title: ({ mode, client }) =>
    mode === 'ask' ? `Allow ${client.name}?` : `Continue to ${client.name}?`,
  render: (data, page) => (
    <>
      <Heading data={data} page={page} />
      {data.unverified && (
        <p class="warning">
          <bdi>{data.client.name}</bdi> chose this name itself, and {page.theme.name} has not
          checked who is behind it. Allow it only if you trust it.
        </p>
      )}
      <Account data={data} page={page} />
      <StepForm page={page} step="consent" class="follow">
        {data.mode === 'ask' && data.groups.map((group) => <Group group={group} />)}
        <Destination data={data} />
        <Documents data={data} />
        <button
          type="submit"
          class="primary"
          name="decision"
          value={data.mode === 'ask' ? 'allow' : 'continue'}
        >
          {data.mode === 'ask' ? 'Allow' : 'Continue'}
        </button>
        <button type="submit" class="quiet" name="decision" value="deny">
          Cancel
        </button>
      </StepForm>
    </>
  ),
};

interface PartProps {
  readonly data: ConsentPageData;
  readonly page: PageContext;
}

function Heading({ data: { mode, client }, page }: PartProps): VNode {
  const name = <bdi>{client.name}</bdi>;
  return (
    <ClientHead client={client}>
      <h1>
        {mode === 'ask' ? (
          <>
            {name} wants to use your {page.theme.name} account
          </>
        ) : (
          <>Continue to {name}?</>
        )}
      </h1>
      {client.client_uri && (
        <p class="muted small">
          <a href={client.client_uri}>{client.host}</a>
        </p>
      )}
    </ClientHead>
  );
}

function Account({ data: { account }, page }: PartProps): VNode | null {
  if (account === undefined) return null;
  return (
    <SignedInAs account={account}>
      <StepForm page={page} step="consent">
        <button type="submit" name="decision" value="switch">
          Use another account
        </button>
      </StepForm>
    </SignedInAs>
  );
}

function Group({ group }: { readonly group: ConsentGroup }): VNode {
  return (
    <fieldset>
      <legend>{group.name}</legend>
      {group.scopes.map((scope) =>
        scope.fixed ? (
          <div class="scope">
            <svg
              viewBox="0 0 20 20"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
              aria-hidden="true"
            >
              <path d="m4 10.5 4 4 8-9" stroke-linecap="round" stroke-linejoin="round" />
            </svg>
            <span>{scope.description}</span>
          </div>
        ) : (
          <label class="scope">
            <input type="checkbox" name={`scope:${scope.name}`} checked={scope.checked} />
            <span>{scope.description}</span>
          </label>
        ),
      )}
    </fieldset>
  );
}

// Any program on a device can claim a loopback port or an app's scheme: only the person knows whether they started this.
function Destination({ data: { destination } }: Pick<PartProps, 'data'>): VNode {
  const place = <b>{destination.display}</b>;
  switch (destination.kind) {
    case 'https':
      return <p class="muted small">You will be returned to {place}.</p>;
    case 'http':
      return (
        <p class="warning">
          You will be returned to {place}, over a connection that others on the network can read.
        </p>
      );
    case 'loopback':
      return (
        <p class="warning">
          You will be returned to an app on this device. Go on only if you started this sign-in
          yourself, in an app that you trust.
        </p>
      );
    case 'private-use':
      return (
        <p class="warning">
          You will be returned to an app on this device ({place}). Go on only if you started this
          sign-in yourself, in that app.
        </p>
      );
  }
}

function Documents({ data: { mode, client } }: Pick<PartProps, 'data'>): VNode | null {
  const documents = [
    client.policy_uri && <a href={client.policy_uri}>privacy policy</a>,
    client.tos_uri && <a href={client.tos_uri}>terms of service</a>,
  ].filter(Boolean);
  if (mode === 'continue' || documents.length === 0) return null;
  return (
    <p class="muted small">
      Read the app’s {documents[0]}
      {documents.length > 1 && <> and {documents[1]}</>}.
    </p>
  );
}
