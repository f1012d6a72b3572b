import type { StoredRecord } from '@gatehouse/core';
import { createTables, type Table, type Tables } from './tables.js';

const everything = { looks: Infinity, removals: Infinity };

function token(id: string, rest: Partial<StoredRecord> = {}): StoredRecord {
  return { kind: 'Token', id, payload: '', keys: { grantId: `g-${id}` }, revision: 1, ...rest };
}

function tokenTable(): { readonly tables: Tables; readonly table: Table } {
  const tables = createTables();
  tables.declare([
    { kind: 'Empty', keys: {} },
    { kind: 'Token', keys: { grantId: {} } },
  ]);
  return { tables, table: tables.of('Token') };
}

describe('createTables', () => {
  it('keeps nothing of a record that is gone', () => {
    const { tables, table } = tokenTable();
    tables.write(table, token('t1'));
    tables.write(table, token('t1', { keys: { grantId: 'other' } }));
    tables.write(table, token('t2', { expiresAt: 10 }));
    tables.remove(table, 't1');
    tables.remove(table, 't1');
    expect(tables.sweep(10, everything)).toEqual({ removed: 1, complete: true });
    expect(tables.size()).toBe(0);
    expect(table.byId.size).toBe(0);
    expect(table.keys.get('grantId')?.byValue.size).toBe(0);
  });

  it('sweeps on from where it stopped, within its budget', () => {
    const { tables, table } = tokenTable();
    for (let n = 0; n < 10; n += 1) tables.write(table, token(`t${n}`, { expiresAt: 10 }));
    expect(tables.sweep(9, everything)).toEqual({ removed: 0, complete: true });
    expect(tables.sweep(10, { looks: 4, removals: Infinity }).removed).toBe(4);
    expect([...table.byId.keys()]).toEqual(['t4', 't5', 't6', 't7', 't8', 't9']);
    expect(tables.sweep(10, { looks: Infinity, removals: 2 })).toEqual({
      removed: 2,
      complete: false,
    });
    expect([...table.byId.keys()]).toEqual(['t6', 't7', 't8', 't9']);
    expect(tables.sweep(10, everything)).toEqual({ removed: 4, complete: true });
    expect(tables.sweep(10, everything)).toEqual({ removed: 0, complete: true });
  });

  it('sweeps all from the middle of a walk, and what came since', () => {
    const { tables, table } = tokenTable();
    for (let n = 0; n < 4; n += 1) tables.write(table, token(`t${n}`));
    tables.sweep(10, { looks: 2, removals: Infinity });
    for (let n = 0; n < 6; n += 1) tables.write(table, token(`t${n}`, { expiresAt: 10 }));
    expect(tables.sweep(10, everything)).toEqual({ removed: 6, complete: true });
  });
});
