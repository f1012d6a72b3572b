import mongoose from 'mongoose';
import { mongoStore } from './dist/index.js';
import { findMongo } from '../../scripts/dist/testing/find-mongo.js';
import { startMongo } from '../../scripts/dist/testing/start-mongo.js';
const server = await startMongo(findMongo());
const connection = await mongoose.createConnection(server.uri, { monitorCommands: true }).asPromise();
const commands = []; connection.getClient().on('commandStarted', e => commands.push(e.commandName));
const store = mongoStore({ connection });
const token = { grantId: {}, accountId: {}, clientId: {} };
const kinds = [
  { kind: 'Session', keys: { uid: { unique: true }, accountId: {} } }, { kind: 'AuthorizationCode', keys: token }, { kind: 'AccessToken', keys: token }, { kind: 'RefreshToken', keys: token },
  { kind: 'Grant', keys: { accountId: {}, clientId: {}, sessionUid: {} } }, { kind: 'AccountEpoch', keys: {} }, { kind: 'ReplayDetection', keys: {} } ];
await store.open(kinds);
console.log('open', commands.splice(0).join(' '));
const now = Math.floor(Date.now()/1000);
const payload = 'x'.repeat(1500);
const rec = (kind, id, keys = {}, ttl = 3600) => ({ kind, id, payload, keys, expiresAt: now + ttl });
const show = async (name, f) => { commands.length = 0; await f(); console.log(name.padEnd(50), commands.length, commands.join(' ')); };
const k = n => ({ grantId: 'g'+n, accountId: 'a'+n%50, clientId: 'c' });
await show('insert session', () => store.commit([{ insert: rec('Session', 's1', { uid: 'u1', accountId: 'a1' }) }], now));
await show('put session ifRevision', () => store.commit([{ put: rec('Session', 's1', { uid: 'u1', accountId: 'a1' }, 3700), ifRevision: 1 }], now));
await show('rotate session (put signpost + insert same uid)', () => store.commit([{ put: rec('Session', 's1', {}), ifRevision: 2 }, { insert: rec('Session', 's2', { uid: 'u1', accountId: 'a1' }) }], now));
await show('put session far longer (prolong)', () => store.commit([{ put: rec('Session', 's2', { uid: 'u1', accountId: 'a1' }, 90000), ifRevision: 1 }], now));
await show('remove session', () => store.commit([{ remove: { kind: 'Session', id: 's1' } }], now));
await show('authorize: grant + code', () => store.commit([{ insert: rec('Grant', 'g1', { accountId: 'a1', clientId: 'c', sessionUid: 'u1' }) }, { insert: rec('AuthorizationCode', 'code1', k(1)) }], now));
await show('find code + grant + epoch', () => store.findRelated('AuthorizationCode', { id: 'code1' }, [{ kind: 'Grant', key: 'id', from: 'grantId' }, { kind: 'AccountEpoch', key: 'id', from: 'accountId' }], now));
await show('find session by uid + grants', () => store.findRelated('Session', { key: 'uid', value: 'u1' }, [{ kind: 'Grant', key: 'sessionUid', from: 'uid' }, { kind: 'AccountEpoch', key: 'id', from: 'accountId' }], now));
await show('find session by uid', () => store.find('Session', { key: 'uid', value: 'u1' }, now));
await show('find by id', () => store.find('Grant', { id: 'g1' }, now));
await show('exchange: consume + 2 inserts', () => store.commit([{ consume: { kind: 'AuthorizationCode', id: 'code1', attempt: 'x' } }, { insert: rec('AccessToken', 'at1', k(1)) }, { insert: rec('RefreshToken', 'rt1', k(1)) }], now));
await show('refresh: consume + 2 inserts', () => store.commit([{ consume: { kind: 'RefreshToken', id: 'rt1', attempt: 'x', receipt: 'r', expiresAt: now + 9000 } }, { insert: rec('AccessToken', 'at2', k(1)) }, { insert: rec('RefreshToken', 'rt2', k(1)) }], now));
await show('replay + token', () => store.commit([{ insert: rec('ReplayDetection', 'j1') }, { insert: rec('AccessToken', 'at3', k(1)) }], now));
await show('revoke grant: put + remove + 3 removeAll', () => store.commit([{ put: rec('AccountEpoch', 'zz9') }, { remove: { kind: 'Grant', id: 'g1' } }, ...['AccessToken','RefreshToken','AuthorizationCode'].map(kind => ({ removeAll: { kind, key: 'grantId', value: 'g1' } }))], now));
await show('list', () => store.list('AccessToken', { key: 'accountId', value: 'a1' }, { now }));
await show('purge nothing', () => store.purge(now, 1000));
// speed
const joined = store, rounds = mongoStore({ connection });
await rounds.open(kinds);
const raw = connection.getClient().db(connection.db.databaseName);
const N = 300;
for (const size of [1000, 10000]) {
  const have = await raw.collection('gatehouse_records').countDocuments();
  for (let i = have; i < size; i += 1000) await store.commit(Array.from({ length: 1000 }, (_, j) => ({ insert: rec('AccessToken', `x${i+j}`, k(i+j)) })), now);
  for (const part of ['Session','Grant','AccountEpoch','RefreshToken']) await store.commit(Array.from({ length: N }, (_, j) => [{ put: rec('Session', `${size}s${j}`, { uid: `${size}u${j}`, accountId: `a${j}` }) }, { put: rec('Grant', `${size}g${j}`, { accountId: `a${j}`, clientId: 'c', sessionUid: `${size}u${j}` }) }, { put: rec('AccountEpoch', `a${j}`) }, { put: rec('RefreshToken', `${size}r${j}`, { grantId: `${size}g${j}`, accountId: `a${j}`, clientId: 'c' }) }]).flat().map(w => ({ insert: w.put })).filter(w => w.insert.kind === part && (part !== 'AccountEpoch' || size === 1000)), now);
  const relT = [{ kind: 'Grant', key: 'id', from: 'grantId' }, { kind: 'AccountEpoch', key: 'id', from: 'accountId' }];
  const relS = [{ kind: 'Grant', key: 'sessionUid', from: 'uid' }, { kind: 'AccountEpoch', key: 'id', from: 'accountId' }];
  const two = async (kind, id, rel) => { const r = await store.find(kind, { id }, now); await Promise.all(rel.map(({ kind, key, from }) => key === 'id' ? store.find(kind, { id: r.keys[from] }, now) : store.list(kind, { key, value: r.keys[from] }, { now }))); };
  const t = async (name, conc, f) => { for (let i = 0; i < 60; i++) await f(i); const s = performance.now(); let n = 0; await Promise.all(Array.from({ length: conc }, async () => { while (n < N) await f(n++ % N); })); console.log(size, name.padEnd(30), 'conc', conc, ((performance.now() - s) / N).toFixed(2), 'ms/op'); };
  for (const conc of [1, 32]) {
    await t('token: $lookup', conc, j => store.findRelated('RefreshToken', { id: `${size}r${j}` }, relT, now));
    await t('token: find + parallel', conc, j => two('RefreshToken', `${size}r${j}`, relT));
    await t('session: $lookup', conc, j => store.findRelated('Session', { id: `${size}s${j}` }, relS, now));
    await t('session: find + parallel', conc, j => two('Session', `${size}s${j}`, relS));
  }
  await t('consume', 8, j => store.commit([{ consume: { kind: 'RefreshToken', id: `${size}r${j}`, attempt: 'q' } }], now));
  await t('insert 2', 8, j => store.commit([{ insert: rec('AccessToken', `${size}-${Math.random()}`, k(j)) }, { insert: rec('RefreshToken', `${size}-${Math.random()}`, k(j)) }], now));
}
let s = performance.now();
await store.commit([{ removeAll: { kind: 'AccessToken', key: 'clientId', value: 'c' } }], now);
console.log('removeAll of ~10,000', Math.round(performance.now() - s), 'ms');
await store.close(); await connection.close(); await server.stop(); process.exit();
