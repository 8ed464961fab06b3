export { codeText } from './code-text.js';
export type { MailContext, MailKind, MailModels, RenderedMail, StuckProblem } from './models.js';
export { renderMail } from './render.js';
