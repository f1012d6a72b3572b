// Everything that differs between machines, from the environment. What is missing is said at once and by name, never by value.

const missing: string[] = [];

// #region settings
export const settings = {
  /** Where people and clients reach the app: the address of the proxy. All URLs come from it. */
  origin: read('ORIGIN', 'the https: origin that people see, like https://acme.example'),
  port: Number(process.env.PORT ?? 3000),
  /** How many proxies stand in front: the address of the caller is that many steps back. */
  trustedProxies: Number(process.env.TRUSTED_PROXIES ?? 0),
  databaseUri: read('DATABASE_URI', 'the address of your MongoDB, with the name of the database'),
  secrets: [
    read('GATEHOUSE_SECRET', 'a secret, made by: openssl rand -base64 32'),
    // While secrets rotate: the one before.
    ...(process.env.GATEHOUSE_SECRET_OLD ? [process.env.GATEHOUSE_SECRET_OLD] : []),
  ],
  webSecret: read('WEB_SECRET', 'the secret of the client "web", made the same way'),
};

if (missing.length > 0) {
  console.error(`The environment lacks:\n${missing.join('\n')}`);
  process.exit(1);
}
// #endregion settings

function read(name: string, what: string): string {
  const value = process.env[name] ?? '';
  if (value === '') missing.push(`- ${name}: ${what}`);
  return value;
}
