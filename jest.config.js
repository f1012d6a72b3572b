import { existsSync } from 'node:fs';

const long = Boolean(process.env.GATEHOUSE_LONG);

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  roots: ['packages', 'examples', 'scripts', 'docs']
    .filter((folder) => existsSync(new URL(folder, import.meta.url)))
    .map((folder) => `<rootDir>/${folder}`),
  // `npm run test:long` runs what takes minutes, and nothing else.
  testMatch: long ? ['**/*.long.test.ts'] : ['**/*.test.ts', '**/*.test.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...(long ? [] : ['\\.long\\.test\\.ts$'])],
  modulePathIgnorePatterns: ['/dist/'],
  moduleNameMapper: { '^@gatehouse/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts' },
  resolver: '<rootDir>/scripts/testing/jest-resolver.cjs',
  testTimeout: long ? 600_000 : 20_000,
  maxWorkers: 2,
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
