/** What the engine keeps of a record. */
export type Payload = Readonly<Record<string, unknown>>;

/** What the engine asks of a store, for one kind of record. */
export interface PlainAdapter {
  upsert(id: string, payload: Payload, expiresIn: number): Promise<void>;
  find(id: string): Promise<Payload | undefined>;
  findByUid(uid: string): Promise<Payload | undefined>;
  findByUserCode(userCode: string): Promise<Payload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** The adapters of a database, one for each kind, made once. */
export interface PlainStore {
  readonly adapter: (kind: string) => PlainAdapter;
  close(): Promise<void>;
}

/** The kinds that the engine keeps. */
export const plainKinds = [
  'Session',
  'Interaction',
  'Grant',
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'ClientCredentials',
  'ReplayDetection',
] as const;

/** Seconds since 1970. */
export const epoch = (): number => Math.floor(Date.now() / 1000);

/** Makes the adapter of each kind once. */
export function byKind(make: (kind: string) => PlainAdapter): PlainStore['adapter'] {
  const made = new Map<string, PlainAdapter>(plainKinds.map((kind) => [kind, make(kind)]));
  return (kind) => {
    const adapter = made.get(kind);
    if (adapter === undefined) throw new TypeError(`there is no place for ${kind}`);
    return adapter;
  };
}
