// For the demo alone. On a server, the environment comes from outside.
process.loadEnvFile(new URL('../demo.env', import.meta.url));

const { PORT = '3000', SHOP_PORT = String(Number(PORT) + 1), RECEIVER_NETWORKS = '' } = process.env;

export const port = Number(PORT);
export const shopPort = Number(SHOP_PORT);
/** Where browsers reach the provider. Behind a proxy, or at the root of a host, it is another one. */
export const { ISSUER: issuer = `http://localhost:${PORT}/auth` } = process.env;
export const shopOrigin = `http://localhost:${SHOP_PORT}`;
export const shopSecret = process.env.SHOP_SECRET ?? '';
/** Networks of your own, in CIDR notation, where clients may be told of logouts too. */
export const receiverNetworks = RECEIVER_NETWORKS.split(',').filter(Boolean);
