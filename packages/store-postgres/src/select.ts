import {
  type By,
  checkBy,
  checkList,
  checkListBy,
  checkNumber,
  checkObject,
  checkRelation,
  type DeclaredKind,
  type DeclaredKinds,
  encodeText,
  type ListBy,
  type ListOptions,
  type Relation,
  readCursor,
  readListOptions,
} from '@gatehouse/core';
import type { Statement } from './connections.js';
import { columnsOf } from './records.js';
import { keyExpression } from './schema.js';
import { literal } from './text.js';

const live = '(r.expires_at is null or r.expires_at > $1::numeric)';

/** The statement that finds one record. */
export function selectOne(table: string, kind: DeclaredKind, by: By, now: number): Statement {
  checkNumber(now, 'now');
  const { condition, value } = oneOf(kind, by);
  const text = `select ${columnsOf('r')} from "${table}" r where ${condition} and ${live}`;
  return { text, values: [now, value], prepare: true };
}

/** The statement that finds one record, and those that its keys point to: the record itself comes first. */
export function selectRelated(
  table: string,
  kinds: DeclaredKinds,
  { kind, by, relations, now }: RelatedSelection,
): Statement {
  const declared = kinds.of(kind);
  checkNumber(now, 'now');
  const { condition, value } = oneOf(declared, by);
  checkList(relations, 'relations');
  const related = relations.map((relation) => {
    checkObject(relation, 'relations[]');
    const { key, from } = relation;
    const target = kinds.of(relation.kind);
    const column = checkRelation(declared, target, relation) ? columnOf(key) : 'r.id';
    const same = `${column} = f.keys ->> ${literal(from)}`;
    return `select 1, ${columnsOf('r')} from f join "${table}" r
  on r.kind = ${literal(target.kind)} and ${same} where ${live}`;
  });
  const first = `select 0 as place, ${columnsOf('f')} from f`;
  const text = `with f as materialized (select r.* from "${table}" r where ${condition} and ${live})
select * from (${[first, ...related].join('\nunion all\n')}) as found order by place`;
  return { text, values: [now, value], prepare: true };
}

interface RelatedSelection {
  readonly kind: string;
  readonly by: By;
  readonly relations: readonly Relation[];
  readonly now: number;
}

/** The statement of a page, which asks for one record more, and how many the page may have. */
export function selectPage(
  table: string,
  kind: DeclaredKind,
  by: ListBy,
  options: ListOptions,
): { readonly statement: Statement; readonly limit: number } {
  const values: unknown[] = [];
  const conditions = [live, `r.kind = ${literal(kind.kind)}`];
  checkListBy(kind, by);
  if (by !== 'all') {
    values.push(encodeText(by.value));
    conditions.push(`${columnOf(by.key)} = $${values.length + 1}`);
  }
  const { now, cursor, limit } = readListOptions(options);
  if (cursor !== undefined) {
    values.push(encodeText(readCursor(cursor)));
    conditions.push(`r.id > $${values.length + 1}`);
  }
  values.push(limit + 1);
  const text = `select ${columnsOf('r')} from "${table}" r
  where ${conditions.join(' and ')} order by r.id limit $${values.length + 1}::bigint`;
  return { statement: { text, values: [now, ...values], prepare: true }, limit };
}

function oneOf(kind: DeclaredKind, by: By): { condition: string; value: string } {
  checkBy(kind, by);
  // The kind stands in the text, so that the index of a unique key is known to be usable.
  const ofKind = `r.kind = ${literal(kind.kind)}`;
  if ('id' in by) return { condition: `${ofKind} and r.id = $2`, value: encodeText(by.id) };
  const { key, value } = by;
  const condition = `${ofKind} and ${columnOf(key)} = $2`;
  return { condition, value: encodeText(value) };
}

function columnOf(key: string): string {
  return keyExpression(key, 'r.');
}
