// The engine prints a notice when it is imported on Node 20, before any logger exists. Modules are evaluated in the order of
// their imports, so importing this one first, and calling `releaseConsole` after, keeps the notice off the host's console.
const { info, warn } = console;

/** What the engine would have printed at import, for the host's logger. */
export const engineNotices: string[] = [];

console.info = hold;
console.warn = hold;

/** Gives the console back. */
export function releaseConsole(): void {
  console.info = info;
  console.warn = warn;
}

function hold(text: unknown): void {
  engineNotices.push(String(text));
}
