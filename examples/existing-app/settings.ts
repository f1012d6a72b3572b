// For the demo alone. On a server, the environment comes from outside.
process.loadEnvFile(new URL('../demo.env', import.meta.url));

const { PORT = '3000', SESSION_SECRET = '' } = process.env;

export const port = Number(PORT);
export const origin = `http://localhost:${port}`;
export const sessionSecret = SESSION_SECRET;
