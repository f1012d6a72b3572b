import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** What demo.env says. The modules of the example read it when they are loaded, so this one is imported before them. */
export const environment = parseEnv(
  readFileSync('examples/all-options/demo.env', 'utf8'),
) as Readonly<Record<string, string>>;

Object.assign(process.env, environment);
