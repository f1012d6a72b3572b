import { options } from '../../../docs/examples/readmes/options.js';

// #region pool
import { createAuthorizationServer } from '@gatehouse/core';
import { postgresStore } from '@gatehouse/store-postgres';
import pg from 'pg';

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
// pg ends the process when an idle connection is lost, unless somebody listens.
pool.on('error', (error) => process.emitWarning(error));

export const auth = await createAuthorizationServer({ ...options, store: postgresStore({ pool }) });
// #endregion pool
