import { createRequire } from 'node:module';
import express5 from 'express';

// One type for both: the guard uses nothing in which they differ.
const express4 = createRequire(import.meta.url)('express4') as typeof express5;

export const expressVersions: readonly (readonly [name: string, express: typeof express5])[] = [
  ['Express 4', express4],
  ['Express 5', express5],
];
