import { type StoreContractOptions, type StoreUnderTest, storeContract } from '../src/index.js';

/** Runs the suite without a test framework, and gives the names of the cases that failed. */
export async function failuresOf(
  underTest: StoreUnderTest,
  options?: StoreContractOptions,
): Promise<readonly string[]> {
  return [...(await reasonsOf(underTest, options)).keys()];
}

/** Runs the suite, or some cases of it, and gives what each case said that failed. */
export async function reasonsOf(
  underTest: StoreUnderTest,
  options?: StoreContractOptions,
  isWanted: (name: string) => boolean = () => true,
): Promise<ReadonlyMap<string, string>> {
  const cases: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  const describe = (_name: string, body: () => void): void => body();
  const it = (name: string, body: () => Promise<void>): void => void cases.push({ name, body });
  storeContract({ describe, it }, underTest, options);

  const reasons = new Map<string, string>();
  for (const { name, body } of cases.filter((one) => isWanted(one.name))) {
    await body().catch((error: Error) => reasons.set(name, error.message));
  }
  return reasons;
}
