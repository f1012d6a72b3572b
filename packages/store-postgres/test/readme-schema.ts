// #region schema
import { postgresSchema } from '@gatehouse/store-postgres';

const kinds = [{ kind: 'Note', keys: { accountId: {}, slug: { unique: true } } }] as const;

export const sql = postgresSchema({ kinds });
// #endregion schema
