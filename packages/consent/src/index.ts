export type { AppsPageData, ConnectedApp, ConnectedScopes } from './apps-data.js';
export type { ConsentClient, ConsentGroup, ConsentPageData, ConsentScope } from './consent-data.js';
export { consentScreen, type ConsentScreenOptions } from './consent-screen.js';
