export interface TemplateOutcome {
  /** `unchanged`: the same content stood there; nothing was written. */
  readonly kind: 'written' | 'unchanged';
  readonly version: number;
}
