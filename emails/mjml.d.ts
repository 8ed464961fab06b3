/** mjml 5.4 ships no types; this is the part of its interface used here (mjml-core/lib/index.js). */
declare module 'mjml' {
  interface MjmlOptions {
    validationLevel?: 'strict' | 'soft' | 'skip';
    /** True, the default of 5.x, leaves `mj-include` unread. */
    ignoreIncludes?: boolean;
    keepComments?: boolean;
    fonts?: Record<string, string>;
  }
  export default function mjml2html(source: string, options?: MjmlOptions): Promise<{ html: string }>;
}
