// Which page is this, and for whom?

import { html, nothing, render, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { chooses, type DemoAccount, demoAccounts, type Department, departments, Problem, type Session, session } from "./api.ts";
import { decoded } from "./address.ts";
import "./board/board.ts";
import { boardPath } from "./board/plan.ts";
import { centrePage, isCentre } from "./centre/going.ts";
import { choosePage, placeOf } from "./door/choose.ts";
import { centreDoor, type Door, type SignedIn } from "./door/signin.ts";
import { type StreamEnded } from "./department-stream.ts";
import { type Going } from "./going.ts";
import { later } from "./later.ts";
import { LightElement } from "./light.ts";
import { isProofs, mayReadProofs, proofPage, proofDoor } from "./proofs/going.ts";
import { isOperations, mayOperate, operationsDoor, operationsPage } from "./operations/going.ts";
import { isOverview, mayOverlook, overviewDoor, overviewPage } from "./overview/going.ts";
import { isPractice } from "./practice/going.ts";
import { recentPage } from "./recent/going.ts";
import { isOnCall, maySeeOnCall, onCallPage, onCallPages } from "./oncall/going.ts";
import { privacyPage, privacyPages } from "./privacy/going.ts";
import { reachedPage, reachedPages } from "./reached/going.ts";
import { isNow, nowPage, subscriptionPage, subscriptionPages } from "./subscriptions/going.ts";
import { isJoin, isPeople, isScreen, isSessions, isSignIn, joinPage, mayManage, peopleDoor, peoplePage, rolesPage, screenPage, sessionsDoor, sessionsPage, signInDoor } from "./people/going.ts";
import { signOut } from "./people/api.ts";
import { bySession, tokens } from "./session.ts";
import type { Ending } from "./stream/index.ts";
import { texts } from "./texts.ts";
import { chosenTheme, nextTheme } from "./theme.ts";
import { VersionWatch } from "./version.ts";

/** In the browser's history: this address was come to from the board beneath. */
const overBoard = "over the board";

/** The address of a board, also when a plan is open over it: the focus then stays with the board, which puts it back where the plan was opened. */
function underPlan(path: string): string {
  return path.replace(/\/plan\/[^/]+\/?$/, "");
}

/** Those of them that say themselves who sees the way to them. */
const furtherPages = [...privacyPages, ...subscriptionPages, ...reachedPages];

/** The pages that are no department's: which addresses they have, by which door one comes in, what they are called, and how the header calls them. */
const elsewhere: readonly { is: (path: string) => boolean; door: Door; title: string; place: string }[] = [
  { is: isCentre, door: centreDoor, title: texts.centre.title, place: texts.centre.link },
  { is: isProofs, door: proofDoor, title: texts.proofs.title, place: texts.proofs.title },
  { is: isOverview, door: overviewDoor, title: texts.overview.title, place: texts.overview.title },
  { is: isOperations, door: operationsDoor, title: texts.operations.title, place: texts.operations.title },
  { is: isPeople, door: peopleDoor, title: texts.people.people.title, place: texts.people.people.title },
  ...furtherPages.map(({ is, door, title }) => ({ is, door, title, place: title })),
  ...onCallPages.map(({ is, door, title }) => ({ is, door, title, place: title })),
  { is: isSessions, door: sessionsDoor, title: texts.people.sessions.title, place: texts.people.sessions.title },
  { is: isSignIn, door: signInDoor, title: texts.people.signIn.page, place: texts.people.signIn.page },
  { is: isScreen, door: signInDoor, title: texts.people.screen.title, place: texts.people.screen.title },
  { is: isJoin, door: signInDoor, title: texts.people.join.title, place: texts.people.join.title },
];

/** Around what is shown until a page has come that has a frame of its own. */
const framed = (words: TemplateResult) => html`<main id="maincontent" tabindex="-1">${words}</main>`;
/** Most screens are no wall, and few people practise: these are loaded for those who do. */
const whenWall = later(() => import("./wall/wall.ts"), framed);
const whenPractice = later(() => import("./practice/practice.ts"), framed);

export class App extends LightElement {
  static override properties = {
    path: { state: true },
    departments: { state: true },
    accounts: { state: true },
    token: { state: true },
    session: { state: true },
    notice: { state: true },
    failed: { state: true },
  };
  declare path: string;
  declare departments: Department[] | undefined;
  /** The demonstration's accounts; undefined if this is none, or not known yet. */
  declare accounts: DemoAccount[] | undefined;
  declare token: string | undefined;
  declare session: Session | undefined;
  /** Why somebody who was signed in is asked again. */
  declare notice: string | undefined;
  declare failed: boolean;
  /** Whether the header's links are shown where it is narrow. */
  private menu = false;
  private readonly version = new VersionWatch(() => this.requestUpdate());
  /** What was done on the page before this one. */
  private told: string | undefined;

  constructor() {
    super();
    this.path = location.pathname;
    this.token = tokens.held;
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("popstate", () => (this.path = location.pathname));
    document.addEventListener("click", (event) => this.follow(event));
    // The service may have been replaced while it was away.
    this.addEventListener("stream-live", () => void this.version.look());
    void this.load();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("path")) this.menu = false;
    this.drawAccount();
    if (!this.board && !isPractice(this.path)) document.title = texts.title(this.elsewhere?.title ?? (this.isRecent && this.chosen && this.token ? texts.recent.title : this.chosen ? texts.signIn.title : texts.choose.title));
    const before: string | undefined = changed.get("path");
    if (before !== undefined && !(this.board && underPlan(before) === underPlan(this.path))) this.querySelector<HTMLElement>("#maincontent")?.focus();
  }

  protected override render(): TemplateResult {
    const demo = this.accounts !== undefined || this.session?.demo === true;
    return html`
      ${demo ? html`<aside class="ucp-demo" aria-label=${texts.demo.label}><p class="ucp-width"><strong>${texts.demo.label}.</strong> ${texts.demo.text}</p></aside>` : nothing}
      ${!demo && this.session?.by === "token"
        ? html`<aside class="ucp-demo" aria-label=${texts.people.strip.label}><p class="ucp-width"><strong>${texts.people.strip.label}.</strong> ${texts.people.strip.text}</p></aside>`
        : nothing}
      ${this.version.waits
        ? html`<div class="ucp-newer" role="status">
            <div class="ucp-width">
              <p>${texts.version.waits}</p>
              <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.version.now()}>${texts.version.now}</button>
            </div>
          </div>`
        : nothing}
      ${this.board ?? html`<div class="ucp-width"><main class="ucp-main" id="maincontent" tabindex="-1">${this.page()}</main></div>`}
    `;
  }

  private page(): TemplateResult {
    if (this.failed) {
      return html`<h1 class="nhsuk-heading-l">${texts.choose.failed}</h1>
        <button type="button" class="nhsuk-button" @click=${() => void this.load()}>${texts.choose.retry}</button>`;
    }
    if (!this.departments) return html`<p class="ucp-quiet">${texts.loading} …</p>`;
    if (isJoin(this.path)) return html`<div @signed-in=${() => this.joined()}>${joinPage()}</div>`;
    if (isScreen(this.path)) return screenPage();
    if (this.elsewhere && !this.token) return this.signInPage();
    if (this.session && chooses(this.session)) return html`<div @role-chosen=${() => void this.worksAnew()}>${rolesPage(this.session)}</div>`;
    if (isSessions(this.path) && this.token) return html`<div @signed-out=${() => this.signedOut()} @role-chosen=${() => void this.worksAnew()}>${sessionsPage(this.token, this.session)}</div>`;
    if (isPeople(this.path) && this.token) return peoplePage(this.token, this.session, this.departments);
    const other = this.token ? (privacyPage(this.path, this.token, this.session) ?? reachedPage(this.path, this.token, this.session) ?? subscriptionPage(this.path, this.token)) : undefined;
    if (other) return other;
    const onCall = this.token ? onCallPage(this.path, this.token, this.session, this.departments, this.told) : undefined;
    if (onCall) return html`<div @going=${(event: Going) => this.go(event.path, event.notice)}>${onCall}</div>`;
    if (isSignIn(this.path)) return choosePage(this.departments);
    if (isCentre(this.path) && this.token) {
      return html`<div @going=${(event: Going) => this.go(event.path, event.notice)}>${centrePage(this.path, this.token, this.session, this.told)}</div>`;
    }
    if (isProofs(this.path) && this.token) return proofPage(this.token, this.session);
    if (isOperations(this.path) && this.token) return operationsPage(this.token);
    if (this.wanted === undefined) return choosePage(this.departments);
    if (!this.chosen) {
      return html`<p class="ucp-caution" role="alert">${texts.signIn.unknown}</p>
        ${choosePage(this.departments)}`;
    }
    if (this.token && this.isRecent) return recentPage(this.chosen, this.token);
    return this.signInPage();
  }

  private signInPage(): TemplateResult {
    return html`<ucp-sign-in
      .department=${this.chosen}
      .door=${this.elsewhere?.door ?? centreDoor}
      .accounts=${this.accounts}
      .notice=${this.notice}
      @signed-in=${(event: SignedIn) => this.signIn(event.token, event.session)}
    ></ucp-sign-in>`;
  }

  /** The board, if a department is chosen and somebody is signed in. */
  private get board(): TemplateResult | undefined {
    if (chooses(this.session)) return undefined;
    if (isPractice(this.path) && this.wanted === undefined) return this.practice(undefined, "");
    if (isOverview(this.path) && this.token && this.departments) {
      return html`${keyed(`overview ${this.token}`, overviewPage(this.token, this.departments, this.session, (event) => this.ended(event.ending)))}`;
    }
    if (isNow(this.path) && this.token && this.departments && this.session) {
      return html`${keyed(`now ${this.token}`, nowPage(this.token, this.departments, this.session, (event) => this.ended(event.ending)))}`;
    }
    const department = this.chosen;
    if (!department || !this.token || this.isRecent) return undefined;
    if (isPractice(this.path)) return this.practice(department, this.token);
    if (this.isWall) return this.wall(department, this.token);
    return html`${keyed(
      `${department.id} ${this.token}`,
      html`<ucp-board
        .department=${department}
        .token=${this.token}
        .plan=${this.planInAddress}
        .by=${this.session?.name ?? ""}
        @going=${(event: Going) => this.goOnBoard(event.path)}
        @stream-ended=${(event: StreamEnded) => this.ended(event.ending)}
      ></ucp-board>`,
    )}`;
  }

  private wall(department: Department, token: string): TemplateResult {
    return html`${whenWall(
      () => html`${keyed(`wall ${department.id} ${token}`, html`<ucp-wall .department=${department} .token=${token} @stream-ended=${(event: StreamEnded) => this.ended(event.ending)}></ucp-wall>`)}`,
    )}`;
  }

  /** The exercise; with a department, its real alerts are heard meanwhile. */
  private practice(department: Department | undefined, token: string): TemplateResult {
    return html`${whenPractice(
      () => html`${keyed(
        `practice ${department?.id ?? ""} ${token}`,
        html`<ucp-practice
          .department=${department}
          .token=${token}
          @going=${(event: Going) => this.go(event.path)}
          @stream-ended=${(event: StreamEnded) => this.ended(event.ending)}
        ></ucp-practice>`,
      )}`,
    )}`;
  }

  /** Which page that is no department's this is, if it is one. */
  private get elsewhere() {
    return elsewhere.find(({ is }) => is(this.path));
  }

  /** The alert whose plan the address names. */
  private get planInAddress(): string | undefined {
    const match = /^\/board\/[^/]+\/plan\/([^/]+)\/?$/.exec(this.path);
    return match ? decoded(match[1]!) : undefined;
  }

  /** The department's id in the address. */
  private get wanted(): string | undefined {
    const match = /^\/board\/([^/]+)(?:\/(?:recent|wall|practice|plan\/[^/]+))?\/?$/.exec(this.path);
    return match ? decoded(match[1]!) : undefined;
  }

  /** For a wall, in place of the board. */
  private get isWall(): boolean {
    return /^\/board\/[^/]+\/wall\/?$/.test(this.path);
  }

  /** The page of what was lately, in place of the board. */
  private get isRecent(): boolean {
    return /^\/board\/[^/]+\/recent\/?$/.test(this.path);
  }

  private get chosen(): Department | undefined {
    const { wanted } = this;
    return wanted === undefined ? undefined : this.departments?.find((d) => d.id === wanted);
  }

  private async load(): Promise<void> {
    this.failed = false;
    try {
      [this.departments, this.accounts] = await Promise.all([departments(), demoAccounts(), this.lookForSession()]);
    } catch {
      this.failed = true;
    }
    await this.whoAmI();
  }

  /** Whether this browser holds a session only the service can tell. */
  private async lookForSession(): Promise<void> {
    if (this.token) return;
    try {
      this.session = await session(bySession);
      this.token = bySession;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** Somebody has used an invitation: the link must not stay in the address. */
  private joined(): void {
    history.replaceState(null, "", "/");
    this.path = "/";
    this.signIn(bySession);
  }

  private async whoAmI(): Promise<void> {
    const { token } = this;
    if (!token || (token === bySession && this.session)) return;
    try {
      const held = await session(token);
      if (this.token === token) this.session = held;
    } catch (error) {
      // Not being reached is the strip's business; only a token that is not known any more is ours.
      if (error instanceof Problem && error.status === 401) this.ended("sign-in");
    }
  }

  /** The session goes on in another role: what may be seen and done is learnt anew. */
  private async worksAnew(): Promise<void> {
    this.session = undefined;
    await this.whoAmI();
  }

  private signIn(token: string, held?: Session): void {
    if (token === bySession) tokens.forget();
    else tokens.keep(token);
    this.session = held;
    if (isSignIn(this.path)) this.go("/");
    this.notice = undefined;
    this.token = token;
    void this.whoAmI();
  }

  private signOut(): void {
    if (this.token === bySession) void this.endSession();
    this.signedOut();
  }

  /** Ends the session here, and where an identity provider vouched for it, there. What was not reached ends by itself. */
  private async endSession(): Promise<void> {
    const further = await signOut().catch(() => undefined);
    if (further) location.assign(further);
  }

  private signedOut(): void {
    this.forget();
    this.notice = undefined;
    this.go("/");
  }

  private forget(): void {
    tokens.forget();
    this.token = this.session = undefined;
  }

  private ended(ending: Ending): void {
    if (ending === "protocol-error") return;
    this.forget();
    this.notice = { "sign-in": texts.signIn.again, "not-allowed": `${texts.signIn.refused} ${texts.signIn.refusedLead}`, "no-such-department": texts.signIn.unknown }[ending];
  }

  /** Links within these pages do not load the page anew: the browser keeps its leave to play sound. */
  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.origin !== location.origin) return;
    const { pathname } = link;
    if (pathname !== "/" && !pathname.startsWith("/board/") && !isPractice(pathname) && !elsewhere.some(({ is }) => is(pathname))) return;
    if (link.hash && link.pathname === location.pathname) return this.within(event, link.hash);
    event.preventDefault();
    this.notice = undefined;
    this.go(link.pathname);
  }

  /** A place on the same page is focused without a step in the history: going back would take the focus there again. */
  private within(event: Event, hash: string): void {
    const place = document.getElementById(hash.slice(1));
    place?.focus();
    if (place && document.activeElement === place) event.preventDefault();
  }

  private go(path: string, told?: string): void {
    this.told = told;
    if (path !== location.pathname) history.pushState(null, "", path);
    this.path = path;
    window.scrollTo(0, 0);
  }

  /** A plan is opened over the board, which stays as it is beneath; closing it goes back to where it was opened from. */
  private goOnBoard(path: string): void {
    const opens = this.planInAddress === undefined;
    if (path === location.pathname) return;
    if (opens) history.pushState(overBoard, "", path);
    else if (history.state === overBoard) return history.back();
    else history.replaceState(null, "", path);
    this.path = path;
  }

  /** Where the header is narrow its links are behind a button: they would push the alerts off a phone's first screen. */
  private turnMenu(): void {
    this.menu = !this.menu;
    this.drawAccount();
  }

  private turnTheme(): void {
    nextTheme();
    this.drawAccount();
  }

  /** The account's place is in the header, which is part of the page itself. */
  private drawAccount(): void {
    const header = document.querySelector<HTMLElement>(".nhsuk-header__container");
    if (!header) return;
    const place = (this.chosen && this.token ? placeOf(this.chosen) : undefined) ?? this.elsewhere?.place;
    render(
      html`<nav class="nhsuk-header__account ${this.session ? (this.menu ? "ucp-menu" : "ucp-menu ucp-menu--shut") : ""}" aria-label=${texts.account.label}>
            <ul class="nhsuk-header__account-list" id="account">
              ${this.session
                ? html`<li class="nhsuk-header__account-item">
                    ${texts.account.as(this.session.name)}
                    <button type="button" class="nhsuk-header__account-button ucp-menu__button" aria-controls="account" aria-expanded=${this.menu ? "true" : "false"} @click=${() => this.turnMenu()}>${texts.account.menu}</button>
                  </li>`
                : nothing}
              ${place ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/">${this.elsewhere ? texts.centre.elsewhere : texts.account.change}</a></li>` : nothing}
              ${this.chosen && this.token && !isPractice(this.path)
                ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="${boardPath(this.chosen.id)}/practice">${texts.practice.link}</a></li>`
                : nothing}
              ${mayOverlook(this.session) && !isOverview(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/overview">${texts.overview.link}</a></li>` : nothing}
              ${mayOperate(this.session) && !isOperations(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/operations">${texts.operations.link}</a></li>` : nothing}
              ${mayManage(this.session) && !isPeople(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/people">${texts.people.people.link}</a></li>` : nothing}
              ${maySeeOnCall(this.session) && !isOnCall(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/on-call">${texts.onCall.title}</a></li>` : nothing}
              ${furtherPages
                .filter((page) => page.may(this.session) && !page.is(this.path))
                .map((page) => html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href=${page.path}>${page.link}</a></li>`)}
              ${this.session?.by === "session" && !isSessions(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/sessions">${texts.people.sessions.link}</a></li>` : nothing}
              ${mayReadProofs(this.session) && !isProofs(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/proofs">${texts.proofs.link}</a></li>` : nothing}
              <li class="nhsuk-header__account-item">
                <button type="button" class="nhsuk-header__account-button" id="theme" @click=${() => this.turnTheme()}>${texts.account.theme[chosenTheme()]}</button>
              </li>
              ${!this.token && !isSignIn(this.path) && !isJoin(this.path) ? html`<li class="nhsuk-header__account-item"><a class="nhsuk-header__account-link" href="/sign-in">${texts.people.signIn.page}</a></li>` : nothing}
              ${this.token
                ? html`<li class="nhsuk-header__account-item">
                    <button type="button" class="nhsuk-header__account-button" @click=${() => this.signOut()}>${texts.account.signOut}</button>
                  </li>`
                : nothing}
            </ul>
          </nav>`,
      header,
    );
  }
}

customElements.define("ucp-app", App);
