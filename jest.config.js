import { existsSync } from 'node:fs';

const long = Boolean(process.env.GATEHOUSE_LONG);
// Tests of several server processes take the whole machine: a full run has them after the others, one by one.
const alone = '/scripts/cluster/';
const part = process.env.GATEHOUSE_PART;
const isAlone =
  part === 'alone' ||
  part === 'matrix' ||
  process.argv.some((arg) => arg.includes('scripts/cluster'));

/** `npm run test:long` runs what takes many minutes and nothing else; `npm run test:matrix` what would make `npm test` long. */
function testMatch() {
  if (long) return ['**/*.long.test.ts'];
  return part === 'matrix' ? ['**/*.matrix.test.ts'] : ['**/*.test.ts', '**/*.test.tsx'];
}

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  roots: (part === 'alone' ? [alone.slice(1, -1)] : ['packages', 'examples', 'scripts', 'docs'])
    .filter((folder) => existsSync(new URL(folder, import.meta.url)))
    .map((folder) => `<rootDir>/${folder}`),
  testMatch: testMatch(),
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    ...(long ? [] : ['\\.long\\.test\\.ts$']),
    ...(part === 'together' || part === 'alone' ? ['\\.matrix\\.test\\.ts$'] : []),
    ...(part === 'together' ? [alone] : []),
  ],
  modulePathIgnorePatterns: ['/dist/'],
  moduleNameMapper: {
    '^@gatehouse/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@gatehouse/core/openid$': '<rootDir>/packages/core/src/openid.ts',
  },
  resolver: '<rootDir>/scripts/testing/jest-resolver.cjs',
  testTimeout: long ? 600_000 : 20_000,
  maxWorkers: isAlone ? 1 : 2,
  workerIdleMemoryLimit: '1GB',
  cacheDirectory: '<rootDir>/.cache/jest',
  transform: {
    '\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
