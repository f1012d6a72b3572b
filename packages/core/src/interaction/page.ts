import type { VNode } from 'preact';

/** Colours, name and logo of the host, on every page. */
export interface Theme {
  /** Shown in the header and the title. */
  readonly name: string;
  /** https: or same-origin URL, or `data:image/…`. */
  readonly logo?: string;
  /** CSS colours. Absent ones keep their default. Text colours are chosen by contrast. */
  readonly colors?: {
    readonly accent?: string;
    readonly accentDark?: string;
    readonly background?: string;
    readonly backgroundDark?: string;
  };
  /** Shown in the footer. */
  readonly links?: readonly { readonly label: string; readonly url: string }[];
}

/** What every renderer gets beside the page's own data. */
export interface PageContext {
  readonly theme: Theme;
  /** Must be on each `<style>` and `<script>`. */
  readonly nonce: string;
  /** BCP 47 tag of the page's language. */
  readonly lang: string;
  /** For a form of an interaction: where it posts, and the hidden field that proves where it came from. */
  readonly form?: { readonly action: string; readonly csrf: string };
}

/** HTML that is safe to send as it is: made by `html` or by Preact. */
export interface SafeHtml {
  readonly html: string;
}

/** Renders the body of a page. */
export type PageRenderer<Data> = (data: Data, page: PageContext) => VNode | SafeHtml;

/** A page: a name, a title, and how its body looks. The JSON form is the data itself. */
export interface PageDefinition<Data = unknown> {
  readonly name: string;
  readonly title: (data: Data) => string;
  /** Whether its body brings a script, marked with the nonce of its context. It must work without, too. @default false */
  readonly scripts?: boolean;
  readonly render: PageRenderer<Data>;
}
