import { ApplicationFailure } from '@temporalio/common';
import { type MailModels, type RenderedMail, renderMail } from '../emails/index.js';
import { lastDigits } from '../store/addresses.js';
import { waitsSince } from '../store/conversations.js';
import type { Notice, Onboarding } from '../store/facts.js';
import type { Message } from '../store/messages.js';
import { inWholeUnits } from '../store/policy.js';
import { later, linkRefusal } from '../store/steps.js';
import type { ActivityDependencies } from './dependencies.js';
import { ProviderError } from './providers/provider-error.js';

export interface NoticeInput {
  onboardingId: string;
  noticeId: string;
}

/**
 * Mails that a step calls for beside the workflow's own: to the inviter, an address that was left, either side of the chat,
 * whoever has lost a password, or whoever signs in another way from now on. Kept in the document until the mail server has it; refused for good, it is dropped (nobody can be told that way).
 * @throws ApplicationFailure `mail-unaccepted` (retryable) while the mail server does not take it.
 */
export function sendNotice(dependencies: ActivityDependencies) {
  const { store, policy, mailer, brand, clock, keyring } = dependencies;

  return async function sendNotice({ onboardingId, noticeId }: NoticeInput): Promise<void> {
    const onboarding = await store.onboardings.find(onboardingId);
    const notice = onboarding?.notices.find(({ id }) => id === noticeId);
    if (!onboarding || !notice) return;
    // The tries ended long ago; what tells of it now is a start of the same workflow that Temporal has forgotten.
    if (notice.at && clock() > later(notice.at, policy.noticesTriedFor)) return drop();
    const to = await addressFor(onboarding, notice);
    if (!to) return drop();

    const messageId = `${onboardingId}.${notice.kind}.${noticeId}`;
    const about = {
      _id: messageId,
      onboardingId,
      channel: 'mail',
      kind: notice.kind,
      about: noticeId,
      ...askedAt(onboarding, notice),
    } as const;
    const message = await store.messages.begin(about, clock());
    if (message.acceptedAt) return drop();
    try {
      await mailer.send({
        to,
        ...(await compose(onboarding, notice, to)),
        messageId: `<${messageId}@${new URL(brand.publicUrl).hostname}>`,
        locale: localeFor(onboarding, notice),
      });
    } catch (error) {
      const failure = error instanceof ProviderError ? error : undefined;
      await store.messages.noteFailure(messageId, failure?.code ?? 'internal');
      if (failure?.kind !== 'refused') {
        throw ApplicationFailure.retryable(`The mail server did not accept ${messageId}`, 'mail-unaccepted');
      }
      await store.messages.advance(messageId, 'failed');
      return drop();
    }
    await store.messages.advance(messageId, 'accepted', { acceptedAt: clock() });
    return drop();

    async function drop(): Promise<void> {
      await store.onboardings.dropNotice(onboardingId, noticeId);
    }
  };

  /** Nobody where there is no such person, or nothing to say any more. */
  async function addressFor(o: Onboarding, { kind, to, since, linkId }: Notice): Promise<string | undefined> {
    // What could not be brought has arrived since.
    if (kind === 'invitation-stuck' && !o.needsSupport) return undefined;
    if (linkId !== undefined && linkRefusal(o, linkId, 'password-reset', clock())) return undefined;
    if (to === 'inviter') return inviterAddress(o);
    if (to !== 'support' && to !== 'person') return to;
    const conversation = await store.conversations.find(o._id);
    const waits = conversation && waitsSince(conversation, to);
    if (waits?.getTime() !== since?.getTime()) return undefined;
    // What was answered was written with an account that is void now, from another address.
    if (to === 'person' && !o.account) return undefined;
    return to === 'support' ? brand.supportEmail : o.email;
  }

  function reset(
    { links }: Onboarding,
    { linkId = '' }: Notice,
  ): Pick<MailModels['password-reset'], 'url' | 'resetBy'> {
    return {
      url: `${brand.publicUrl}/reset-password/${keyring.linkToken(linkId, 'password-reset')}`,
      resetBy: links.find(({ id }) => id === linkId)?.expiresAt ?? clock(),
    };
  }

  /** A colleague's own address, or the one that stands beside a team lead's API key. */
  async function inviterAddress({ invitedBy }: Onboarding): Promise<string | undefined> {
    if (!invitedBy.id) return undefined;
    if (invitedBy.kind !== 'api-key') return addressOfActive(invitedBy.id);
    const key = await store.apiKeys.find(invitedBy.id);
    // One that has run out has done nothing wrong: its owner still waits for those whom it invited.
    if (!key || key.revokedAt) return undefined;
    return key.ownerId === undefined ? key.ownerEmail : addressOfActive(key.ownerId);
  }

  async function addressOfActive(id: string): Promise<string | undefined> {
    const person = await store.onboardings.find(id);
    return person?.stage === 'active' ? person.email : undefined;
  }

  async function compose(o: Onboarding, notice: Notice, to: string): Promise<RenderedMail> {
    const team = await store.teams.find(o.teamId);
    const context = {
      ...brand,
      verifyWindow: inWholeUnits(policy.verifyWindow),
      timeZone: team?.timeZone ?? 'UTC',
      locale: localeFor(o, notice),
    };
    const name: Pick<MailModels['address-changed'], 'firstName'> =
      o.firstName === undefined || notice.to === 'inviter' ? {} : { firstName: o.firstName };
    const about = {
      inviteeName: [o.firstName, o.lastName].filter(Boolean).join(' ') || o.email,
      teamName: team?.name ?? brand.brandName,
    };
    const dashboardUrl = `${brand.publicUrl}/dashboard`;
    switch (notice.kind) {
      case 'address-changed':
        return renderMail(
          'address-changed',
          { ...name, newAddress: to === o.email ? o.email : masked(o.email) },
          context,
        );
      case 'number-changed':
        return renderMail('number-changed', { ...name, lastDigits: lastDigits(o.phone ?? '') }, context);
      case 'invitation-expired':
        return renderMail('invitation-expired', { ...about, dashboardUrl }, context);
      case 'invitation-revoked':
        return renderMail('invitation-revoked', about, context);
      case 'invitation-requested':
        return renderMail('invitation-requested', { ...about, dashboardUrl }, context);
      case 'invitation-stuck':
        return renderMail(
          'invitation-stuck',
          { ...about, problem: o.needsSupport?.problem ?? 'invitation-undeliverable' },
          context,
        );
      case 'chat-waiting':
        return renderMail(
          'chat-waiting',
          { url: `${brand.publicUrl}/support/${o._id}/chat`, since: notice.since ?? clock() },
          context,
        );
      case 'password-reset':
        return renderMail('password-reset', { ...name, ...reset(o, notice) }, context);
      case 'password-changed':
        return renderMail('password-changed', name, context);
      case 'sign-in-notice':
        return renderMail(
          'sign-in-notice',
          { ...name, change: notice.change ?? 'authenticator-added' },
          context,
        );
      case 'chat-answered':
        return renderMail('chat-answered', { ...name, url: `${brand.publicUrl}/support-chat` }, context);
    }
  }
}

/** When somebody asked for it, where somebody did. */
function askedAt({ links }: Onboarding, { linkId }: Notice): Pick<Message, 'askedAt'> {
  const link = linkId !== undefined && links.find(({ id }) => id === linkId);
  return link ? { askedAt: link.lastSendAt } : {};
}

/** Support reads the language of its console. */
const localeFor = (o: Onboarding, { to }: Notice): string => (to === 'support' ? 'en' : o.locale);

/** `s•••@example.org`: its owner knows it again, nobody else learns it. */
const masked = (email: string): string => email.replace(/^(.).*(@.*)$/, '$1•••$2');
