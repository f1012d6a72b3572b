import type { ClientOptions } from '@gatehouse/core';

const { WEB_SECRET = '', JOBS_SECRET = '', PARTNER_SECRET = '' } = process.env;

// #region web
const web: ClientOptions = {
  client_id: 'web',
  client_name: 'Acme Web',
  client_secret: WEB_SECRET,
  redirect_uris: ['https://app.acme.example/callback'],
  firstParty: true,
};
// #endregion web

// #region partner
const partner: ClientOptions = {
  client_id: 'partner',
  client_name: 'Partner Reports',
  client_secret: PARTNER_SECRET,
  redirect_uris: ['https://reports.partner.example/callback'],
  scope: 'notes:read',
};
// #endregion partner

// #region spa
const spa: ClientOptions = {
  client_id: 'spa',
  client_name: 'Notes',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://notes.acme.example/callback'],
  scope: 'notes:read notes:write',
  firstParty: true,
};
// #endregion spa

// #region native
const mobile: ClientOptions = {
  client_id: 'mobile',
  client_name: 'Notes for phones',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://acme.example/app/callback', 'com.acme.notes:/callback'],
  scope: 'notes:read notes:write',
  firstParty: true,
};

const cli: ClientOptions = {
  client_id: 'cli',
  client_name: 'Notes command line',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback'],
  scope: 'notes:read',
};
// #endregion native

// #region machine
const jobs: ClientOptions = {
  client_id: 'nightly-jobs',
  client_secret: JOBS_SECRET,
  grant_types: ['client_credentials'],
  scope: 'notes:read',
};
// #endregion machine

// #region mcp
const assistant: ClientOptions = {
  client_id: 'assistant',
  client_name: 'Assistant',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  application_type: 'native',
  scope: 'notes:read',
};
// #endregion mcp

/** Every client of the guide. */
export const clients: readonly ClientOptions[] = [web, partner, spa, mobile, cli, jobs, assistant];
