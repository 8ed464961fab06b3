export interface ReceivedMail {
  id: string;
  messageId: string;
  /** The From header as text. */
  from: string;
  /** The envelope's recipients (who really gets it), joined by commas. */
  to: string;
  subject: string;
  /** Empty when the mail has no such part. */
  text: string;
  html: string;
  /** By lower-case name; a repeated header has its values on lines of their own. */
  headers: Record<string, string>;
  /** ISO 8601, UTC. */
  receivedAt: string;
}

export interface ReceivedText {
  uuid: string;
  from: string;
  /** Digits with the country code and without a plus, as in Plivo's reports. */
  to: string;
  text: string;
  /** ISO 8601, UTC. */
  receivedAt: string;
  state: 'queued' | 'sent' | 'delivered' | 'undelivered';
}
