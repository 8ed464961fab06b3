/** Do nothing, and tell the bench that a message would have been sent. */
export interface BareActivities {
  step(): Promise<{ stage: string; seq: number }>;
  /** A timer has rung. */
  ring(): Promise<void>;
  send(message: { id: string; kind: string }): Promise<{ stage: string; seq: number }>;
}
