import { type StoreContractOptions, type StoreUnderTest, storeContract } from '../src/index.js';

/** Runs the suite, or some cases of it, without a test framework, and gives the names of the cases that failed. */
export async function failuresOf(
  underTest: StoreUnderTest,
  options?: StoreContractOptions,
  isWanted: (name: string) => boolean = () => true,
): Promise<readonly string[]> {
  const cases: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  const describe = (_name: string, body: () => void): void => body();
  const it = (name: string, body: () => Promise<void>): void => void cases.push({ name, body });
  storeContract({ describe, it }, underTest, options);

  const failures: string[] = [];
  for (const { name, body } of cases.filter((one) => isWanted(one.name))) {
    await body().catch((e) => (console.log(name, e), failures.push(name)));
  }
  return failures;
}
