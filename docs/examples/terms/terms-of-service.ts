// #region plugin
import {
  definePlugin,
  html,
  type InteractionView,
  type KindDeclaration,
  type PageDefinition,
  type Plugin,
  type Runtime,
  type Step,
} from '@gatehouse/core';

/** How {@link termsOfService} works. */
export interface TermsOptions {
  /** Changes when the text does: everybody is asked again. */
  readonly version: string;
  /** Where the text can be read: an https: URL. */
  readonly url: string;
}

/** Which version each account accepted, for the host: `auth.terms`. */
export interface Terms {
  acceptedBy(accountId: string): Promise<string | undefined>;
  forget(accountId: string): Promise<void>;
}

declare module '@gatehouse/core' {
  interface ServerExtensions {
    readonly terms: Terms;
  }
}

/** Asks each account to accept the terms, once for each version, before any client gets an answer. */
export function termsOfService(options: TermsOptions): Plugin {
  return definePlugin({
    name: 'terms',
    setup(slots, runtime) {
      const records = createRecords(runtime);
      slots.kind(acceptanceKind);
      slots.page(termsPage);
      slots.step(termsStep(options, records));
      slots.extend('terms', records);
      slots.check(() =>
        options.url.startsWith('https://')
          ? []
          : [{ path: 'termsOfService.url', message: 'must be an https: URL.' }],
      );
    },
  });
}
// #endregion plugin

// #region step
function termsStep({ version, url }: TermsOptions, records: Records): Step {
  const show = async ({ client }: InteractionView) => ({
    page: termsPage.name,
    data: { url, client: client.client_name ?? client.client_id },
  });

  return {
    name: 'terms',
    after: ['login'],
    async required({ account }) {
      if (!account) return undefined;
      const accepted = await records.acceptedBy(account.accountId);
      return accepted === version ? undefined : { reason: 'new_terms' };
    },
    show,
    async submit(interaction, fields) {
      const { account } = interaction;
      switch (fields.get('decision')) {
        case 'accept':
          if (account) await records.accept(account.accountId, version);
          return { done: { version } };
        case 'decline':
          return { deny: { error: 'access_denied', description: 'the terms were not accepted' } };
        default:
          return show(interaction);
      }
    },
  };
}
// #endregion step

// #region page
interface TermsPageData {
  readonly url: string;
  readonly client: string;
}

const termsPage: PageDefinition<TermsPageData> = {
  name: 'terms',
  title: () => 'Terms of service',
  render: ({ url, client }, { form }) => html`
    <h1>Our terms have changed</h1>
    <p>Please read the <a href="${url}">terms of service</a> to go on to ${client}.</p>
    <form method="post" action="${form?.action}">
      <input type="hidden" name="csrf" value="${form?.csrf}">
      <button class="primary" name="decision" value="accept">Accept</button>
      <button class="quiet" name="decision" value="decline">Decline</button>
    </form>`,
};
// #endregion page

// #region records
const acceptanceKind: KindDeclaration = { kind: 'TermsAcceptance', keys: {} };

interface Records extends Terms {
  accept(accountId: string, version: string): Promise<void>;
}

function createRecords({ store, clock }: Runtime): Records {
  const { kind } = acceptanceKind;
  return {
    async acceptedBy(accountId) {
      const record = await store.find(kind, { id: accountId }, clock.now());
      return record && (JSON.parse(record.payload) as { version: string }).version;
    },
    async accept(accountId, version) {
      const payload = JSON.stringify({ version, at: clock.now() });
      await store.commit([{ put: { kind, id: accountId, payload, keys: {} } }], clock.now());
    },
    async forget(accountId) {
      await store.commit([{ remove: { kind, id: accountId } }], clock.now());
    },
  };
}
// #endregion records
