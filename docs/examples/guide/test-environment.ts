/** A secret for a test. */
export const secretOf = (name: string): string => `${name}-Kx7Qm2Wp9Rt4Yb6Nz3Vc8Lf1Hs5Gd0Ja`;

/** The settings that the server of the guide reads, as an app does, from the environment. */
export const environment = {
  NODE_ENV: 'production',
  GATEHOUSE_SECRET: secretOf('first'),
  WEB_SECRET: secretOf('web'),
  PARTNER_SECRET: secretOf('partner'),
  JOBS_SECRET: secretOf('jobs'),
  LEDGER_SECRET: secretOf('ledger'),
} as const;

Object.assign(process.env, environment);
