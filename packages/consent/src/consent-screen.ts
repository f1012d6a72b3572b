import {
  type ClientView,
  definePlugin,
  type FormFields,
  type InteractionView,
  type Plugin,
  type StepReply,
} from '@gatehouse/core';
import { appsPage } from './apps-page.js';
import { appsRoutes } from './apps-routes.js';
import {
  answeredBefore,
  consentData,
  type ConsentDataOptions,
  splitScopes,
} from './consent-data.js';
import { consentPage } from './consent-page.js';

/** How the consent screen behaves. */
export interface ConsentScreenOptions {
  /**
   * Whether you vouch for a client's name. The page warns about every other one.
   * @default clients from the options; not those that the store holds
   */
  isVerified?: (client: ClientView) => boolean;
  /** Scopes that go with Allow and cannot be unticked, because nothing works without them. @default ['openid'] */
  fixedScopes?: readonly string[];
  /**
   * The page of the apps that an account is connected to, below the issuer's path. `false`: there is none.
   * @default { path: '/apps' }
   */
  apps?: false | { path: `/${string}` };
}

/**
 * The consent screen: asks the signed-in person whether the client may have what it asked for, scope by scope. And the page where
 * they see what is connected to their account, and end it.
 *
 * @example createAuthorizationServer({ plugins: [passwordLogin(), consentScreen()], … })
 */
export function consentScreen(options: ConsentScreenOptions = {}): Plugin {
  const dataOptions: ConsentDataOptions = {
    isVerified: options.isVerified ?? ((client) => client.source === 'static'),
    fixedScopes: new Set(options.fixedScopes ?? ['openid']),
  };
  const { apps = { path: '/apps' } } = options;
  const show = (interaction: InteractionView): StepReply => ({
    page: consentPage.name,
    data: consentData(interaction, dataOptions),
  });

  return definePlugin({
    name: 'consent',
    setup(slots, runtime) {
      slots.page(consentPage);
      if (apps !== false) {
        slots.page(appsPage);
        for (const route of appsRoutes(apps.path, dataOptions.isVerified, runtime)) {
          slots.routes(route);
        }
      }
      slots.step({
        name: 'consent',
        requestable: true,
        after: ['login'],
        required: (request) => request.consentNeeded,
        show: async (interaction) => show(interaction),
        submit: async (interaction, fields) =>
          decide(interaction, fields, dataOptions.fixedScopes) ?? show(interaction),
      });
    },
  });
}

/** What the person answered, or nothing when the form does not say. */
function decide(
  interaction: InteractionView,
  fields: FormFields,
  fixedScopes: ReadonlySet<string>,
): StepReply | undefined {
  switch (fields.get('decision')) {
    case 'switch':
      return { switchAccount: true };
    case 'deny':
      return refused;
    case 'continue': {
      // Nothing when the earlier answer is gone since the page was shown: then the scopes must be seen.
      const consent = answeredBefore(interaction);
      return consent && { consent };
    }
    case 'allow': {
      const consent = splitScopes(
        interaction.requested,
        (_resource, name) => fixedScopes.has(name) || isTicked(fields.get(`scope:${name}`)),
      );
      const nothing = Object.values(consent.granted).every((scopes) => scopes.length === 0);
      const asked = Object.values(consent.rejected).some((scopes) => scopes.length > 0);
      return nothing && asked ? refused : { consent };
    }
    default:
      return undefined;
  }
}

const refused: StepReply = {
  deny: { error: 'access_denied', description: 'The account holder did not allow the request.' },
};

// A checkbox sends `on`; a front end that speaks JSON may say `true`.
function isTicked(value: string | undefined): boolean {
  return value === 'on' || value === 'true';
}
