import { appendFileSync } from 'node:fs';
import { tapWire } from './wire-tap.js';

// Where the run wants to know them: the matrix searches the database for what this process heard.
const { GATEHOUSE_TEST_SECRETS: file } = process.env;
if (file) tapWire((secret) => appendFileSync(file, `${JSON.stringify(secret)}\n`));
