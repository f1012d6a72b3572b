import { isMain, linesOf, listFiles, readText, report } from './workspace.js';

const TEXT = /\.(ts|tsx|js|cjs|json|md|ya?ml|html|css|svg|txt)$|(^|\/)\.?[A-Za-z]+$/;
// Whoever installs chooses the registry: an address in a committed file would choose for them.
const REGISTRY = /\bregistry\.[\w-]+\.(org|com|io|net|dev|cn)\b|\bnpm[j]s\.(org|com)\b/;
const LOCK_FILES = /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|bun\.lockb?)$/;

/** Addresses of registries in a file, and any address at all in the lock file. */
export function addressProblems(path: string, text: string): string[] {
  const address = path === 'pnpm-lock.yaml' ? /https?:\/\/|\btarball:/ : REGISTRY;
  return linesOf(text).flatMap((line, index) =>
    address.test(line) ? [`${path}:${index + 1} names a registry or an address`] : [],
  );
}

/** Problems of all files. */
export function lockProblems(root: string): string[] {
  const files = listFiles(root);
  return [
    ...(files.includes('pnpm-lock.yaml') ? [] : ['pnpm-lock.yaml does not exist']),
    ...files.filter((path) => LOCK_FILES.test(path)).map((path) => `${path}: pnpm locks alone`),
    ...files
      .filter((path) => TEXT.test(path))
      .flatMap((path) => addressProblems(path, readText(root, path))),
  ];
}

if (isMain(import.meta.url)) report('check-lock', lockProblems(process.cwd()));
