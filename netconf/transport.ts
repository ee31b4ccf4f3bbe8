/** A stream of bytes to a router, both ways: what a session needs, and all it knows of SSH. */
export interface Transport {
  /** Takes over the stream. To be called once, at once: bytes that came before are kept until then. */
  start(handlers: TransportHandlers): void;
  write(bytes: Uint8Array): void;
  /** Ends the connection at once. May be called again. */
  close(): void;
}

export interface TransportHandlers {
  readonly received: (bytes: Uint8Array) => void;
  /** The stream has ended, from whichever side. Called once; `cause` if it is known. */
  readonly lost: (cause?: Error) => void;
}
