/** What each folder or file may import besides itself, in the words of the table in `docs/architecture.md`. */
export const TABLE: Readonly<Record<string, string>>;
