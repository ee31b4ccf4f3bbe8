export type RecordOutcome =
  | { readonly kind: 'recorded' }
  /** The configuration's version moved on (`null`: vanished, or unreadable), or another run took over. */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** `job_state` holds something that no step of this run has left there; nothing was written. */
  | { readonly kind: 'lost'; readonly found: string };
