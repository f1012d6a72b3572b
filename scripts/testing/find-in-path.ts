import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a command is in the path; nothing when it is not. */
export function findInPath(command: string, { PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  return PATH.split(delimiter)
    .map((each) => join(each, command))
    .find((path) => existsSync(path));
}
