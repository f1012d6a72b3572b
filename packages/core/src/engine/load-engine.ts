import './hold-console.js';

import * as engine from 'oidc-provider';

import { engineNotices, releaseConsole } from './hold-console.js';

releaseConsole();

export { engine, engineNotices };

/** Runs a synchronous part of the engine that may print, and hands what it would have printed to `log`. */
export function quietly<Result>(log: (notice: string) => void, run: () => Result): Result {
  const { info, warn } = console;
  console.info = (text: unknown) => log(String(text));
  console.warn = (text: unknown) => log(String(text));
  try {
    return run();
  } finally {
    console.info = info;
    console.warn = warn;
  }
}
