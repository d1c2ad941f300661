// A real Wechaty gateway (wechaty-puppet-service) whose puppet is a small world driven from outside.
//
// Commands come in as JSON lines on standard input ({"call": 1, "do": "say", ...}), answers and everything that was
// really sent go out as JSON lines on standard output. The process ends when its standard input does, so that a test
// run that dies leaves nothing behind. Contacts, rooms and friendships are kept in the world file, so that a gateway
// that was killed comes back with the same people; messages are forgotten, as real puppets forget them.

import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { PuppetServer } from 'wechaty-puppet-service'
import { PuppetMock, mock } from 'wechaty-puppet-mock'

const options = JSON.parse(process.argv[2])   // {endpoint, token, tls, world, login}

const out = line => process.stdout.write(JSON.stringify(line) + '\n')
const rooms = new Map()
const contacts = new Map()
const friendships = new Map()
const answers = []            // how the next sends are answered: {on, answer, times}
const silenced = new Map()    // "method:id" -> "error" | "hang": payloads that cannot be read
// What sends are like: `ids` false: answered without an id; `ownIds`: with another one than the echo's; `sending`: the
// milliseconds until one arrives. `replay`: how many of its last events it says again to whoever attaches.
const usual = { auto: true, echo: true, ids: true, ownIds: false, dong: true, latency: 0, sending: 0, replay: 0 }
const LONGEST_REPLAY = 50
const recent = []             // [event, payload] of what happened last
const settings = { ...usual }

function keep () {
  const world = { contacts: [...contacts], rooms: [...rooms], friendships: [...friendships] }
  writeFileSync(options.world, JSON.stringify(world))
}

function restore () {
  if (!existsSync(options.world)) return
  const world = JSON.parse(readFileSync(options.world, 'utf8'))
  world.contacts.forEach(([id, payload]) => contacts.set(id, payload))
  world.rooms.forEach(([id, payload]) => rooms.set(id, payload))
  world.friendships.forEach(([id, payload]) => friendships.set(id, payload))
}

const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

const replayed = new Set(['message', 'friendship', 'room-join', 'room-leave', 'room-topic'])

class DrivenPuppet extends PuppetMock {
  emit (event, payload) {
    if (replayed.has(event)) recent.splice(0, recent.push([event, payload]) - LONGEST_REPLAY)
    return super.emit(event, payload)
  }

  // Whoever listens to messages has just attached; what is said again comes behind the login.
  sayAgain () {
    recent.slice(-settings.replay).forEach(([event, payload]) => super.emit(event, payload))
  }

  async readable (method, id, read) {
    if (settings.latency) await sleep(settings.latency)
    const fault = silenced.get(`${method}:${id}`)
    if (fault === 'hang') await new Promise(() => {})
    const found = fault ? undefined : read(id)
    if (!found) throw new Error('no payload found for id ' + id)
    return found
  }

  // The base class caches payloads for ever; the world may change under it, so the caches are passed by.
  async contactPayload (id) { return this.readable('contact', id, key => contacts.get(key)) }
  async roomPayload (id) { return this.readable('room', id, key => rooms.get(key)) }
  async messagePayload (id) { return this.readable('message', id, key => mocker.cacheMessagePayload.get(key)) }
  async friendshipPayload (id) { return this.readable('friendship', id, key => friendships.get(key)) }
  async contactList () { return [...contacts.keys(), ...extraIds.contacts] }
  async roomList () { return [...rooms.keys(), ...extraIds.rooms] }
  async roomMemberList (id) { return (await this.roomPayload(id)).memberIdList }
  async roomMemberPayload (room, id) {
    const person = await this.contactPayload(id)
    return { avatar: '', id, inviterId: '', name: person.name, roomAlias: (rooms.get(room).aliases ?? {})[id] ?? '' }
  }
  async roomInvitationPayload (id) {
    return { avatar: '', id, invitation: '', inviterId: 'inviter', memberCount: 3, memberIdList: [], receiverId: options.login,
      timestamp: Date.now(), topic: 'an invitation' }
  }
  async messageUrl (id) { return (await this.messagePayload(id)).link }
  async messageMiniProgram (id) { return (await this.messagePayload(id)).miniProgram }
  async messageContact (id) { return (await this.messagePayload(id)).card }
  async messageLocation (id) { return (await this.messagePayload(id)).location }

  // Every send passes here: `effect` is what happens in the world when the platform says yes.
  async act (record, effect) {
    const rule = answers.find(answer => answer.on === '*' || answer.on === record.kind)
    if (rule && --rule.times <= 0) answers.splice(answers.indexOf(rule), 1)
    const answer = rule?.answer ?? 'ok'
    if (answer === 'refused') throw new Error('WECHAT_REFUSED: 对方拒绝接收')
    if (answer === 'too_frequent') throw new Error('WECHAT_RATE_LIMITED: 操作过于频繁，请稍后再试')
    if (answer === 'unsupported') throw new Error('Wechaty Puppet Unsupported API Error.')
    if (answer === 'error') throw new Error(rule.text)
    if (answer === 'accepted_then_lost') return randomUUID()
    if (settings.sending) await sleep(settings.sending)
    const id = randomUUID()
    out({ sent: { ...record, id, at: Date.now() } })
    effect?.(id)
    if (answer === 'timeout') await new Promise(() => {})
    if (answer === 'accepted_then_error') throw new Error('the gateway stumbled after sending')
    return settings.ids ? (settings.ownIds ? randomUUID() : id) : undefined
  }

  async post (record, payload) {
    return this.act(record, id => {
      if (!settings.echo) return
      const room = rooms.has(record.to) ? { roomId: record.to, mentionIdList: record.mentions ?? [] } : { listenerId: record.to }
      message({ id, talkerId: this.currentUserId, ...room, ...payload })
    })
  }

  reachable (id) {
    if (!contacts.has(id) && !rooms.has(id)) throw new Error(`MockContact.load(): ${id} not exist.`)
  }

  async messageSendText (to, text, mentions) {
    this.reachable(to)
    return this.post({ kind: 'text', to, text, mentions: mentions ?? [] }, { text, type: 7 })
  }
  async messageSendFile (to, box) {
    this.reachable(to)
    const { url = '' } = box.toJSON()
    const bytes = url ? 0 : (await box.toBuffer()).length
    const kind = /\.(png|jpe?g|gif)$/i.test(box.name) ? 'image' : /\.mp4$/i.test(box.name) ? 'video' : 'file'
    const type = { image: 6, video: 15, file: 1 }[kind]
    return this.post({ kind, to, name: box.name, bytes, url }, { filename: box.name, type })
  }
  async messageSendContact (to, contact) { return this.post({ kind: 'card', to, contact }, { card: contact, type: 3 }) }
  async messageSendUrl (to, link) { return this.post({ kind: 'link', to, link }, { link, type: 14 }) }
  async messageSendMiniProgram (to, program) {
    return this.post({ kind: 'mini_program', to, program }, { miniProgram: program, type: 9 })
  }
  async messageRecall (message) {
    const known = mocker.cacheMessagePayload.has(message)
    if (known) await this.act({ kind: 'recall', message })
    return known
  }
  async contactAlias (contact, alias) {
    if (alias === undefined) return contacts.get(contact)?.alias ?? ''
    await this.act({ kind: 'remark', contact, text: alias }, () => { person({ id: contact, alias }) })
  }
  async roomTopic (room, topic) {
    if (topic === undefined) return rooms.get(room)?.topic ?? ''
    await this.act({ kind: 'topic', to: room, text: topic }, () => rename({ room, topic, by: this.currentUserId }))
  }
  async roomAnnounce (room, text) {
    if (text === undefined) return rooms.get(room)?.announcement ?? ''
    await this.act({ kind: 'announcement', to: room, text }, () => { rooms.get(room).announcement = text; keep() })
  }
  async roomAdd (room, contact, inviteOnly) {
    await this.act({ kind: 'invite', to: room, contact, inviteOnly }, () => {
      if (settings.auto && rooms.get(room)?.memberIdList.length < 40) join({ room, members: [contact], by: this.currentUserId })
    })
  }
  async friendshipAccept (id) {
    const friendship = friendships.get(id)
    if (!friendship) throw new Error('no payload found for id ' + id)
    await this.act({ kind: 'friend_accept', contact: friendship.contactId, request: id }, () => {
      if (settings.auto) setImmediate(() => confirm({ contact: friendship.contactId }))
    })
  }
  async roomQRCode (room) { return 'qr-' + room }
  ding (data) { if (settings.dong) setImmediate(() => this.emit('dong', { data })) }
  async start () { out({ lifecycle: 'start' }); return super.start() }
  async stop () { out({ lifecycle: 'stop' }); return super.stop() }
}

const extraIds = { contacts: [], rooms: [] }   // ids that lists name and payloads do not know

function person ({ id, ...rest }) {
  const before = contacts.get(id) ?? { id, name: id, gender: 0, type: 1, avatar: '', phone: [], friend: false }
  contacts.set(id, { ...before, ...rest })
  keep()
}

function room ({ id, topic = '', owner = options.login, members = [], ...rest }) {
  rooms.set(id, { adminIdList: [], avatar: '', id, memberIdList: members, ownerId: owner, topic, ...rest })
  keep()
}

function message (payload) {
  const full = { id: randomUUID(), timestamp: Date.now(), type: 7, text: '', ...payload }
  mocker.cacheMessagePayload.set(full.id, full)
  puppet.emit('message', { messageId: full.id })
  return full.id
}

const stamped = (timestamp, rest) => timestamp === null ? rest : { ...rest, timestamp: timestamp ?? Date.now() }

function join ({ room, members, by = '', timestamp }) {
  const list = rooms.get(room)?.memberIdList
  members.filter(id => list && !list.includes(id)).forEach(id => list.push(id))
  keep()
  puppet.emit('room-join', stamped(timestamp, { inviteeIdList: members, inviterId: by, roomId: room }))
}

function leave ({ room, members, by = '', timestamp }) {
  const payload = rooms.get(room)
  if (payload) payload.memberIdList = payload.memberIdList.filter(id => !members.includes(id))
  keep()
  puppet.emit('room-leave', stamped(timestamp, { removeeIdList: members, removerId: by, roomId: room }))
}

function rename ({ room, topic, by = '', timestamp }) {
  const payload = rooms.get(room)
  const oldTopic = payload?.topic ?? ''
  if (payload) payload.topic = topic
  keep()
  puppet.emit('room-topic', stamped(timestamp, { changerId: by, newTopic: topic, oldTopic, roomId: room }))
}

function befriend (type, { contact, id = randomUUID(), ...rest }) {
  friendships.set(id, { id, contactId: contact, type, ticket: 'ticket', timestamp: Date.now(), ...rest })
  keep()
  puppet.emit('friendship', { friendshipId: id })
  return id
}

function confirm ({ contact, name, id }) {
  person({ id: contact, friend: true, ...(name ? { name } : {}) })
  return befriend(1, { contact, id })
}

function reset () {
  for (const memory of [rooms, contacts, friendships, silenced]) memory.clear()
  answers.length = recent.length = 0
  Object.assign(settings, usual)
  Object.assign(extraIds, { contacts: [], rooms: [] })
  person({ id: options.login, name: '掌柜' })
}

const commands = {
  nothing: () => {},
  reset,
  person, room, join, leave, rename,
  settings: changes => { Object.assign(settings, changes) },
  extra_ids: changes => { Object.assign(extraIds, changes) },
  say: ({ from, to, room, mentions, ...rest }) =>
    message({ talkerId: from, ...(room ? { roomId: room, mentionIdList: mentions ?? [] } : { listenerId: to ?? options.login }), ...rest }),
  flood: ({ from, room, count, text }) => {
    for (let number = 0; number < count; number++) commands.say({ from, room, text: `${text}${number}` })
  },
  friend_request: ({ name, contact, ...rest }) => {
    person({ id: contact, ...(name ? { name } : {}) })
    return befriend(2, { contact, ...rest })
  },
  confirm,
  verify: fields => befriend(3, fields),
  answer_next: ({ on = '*', answer, times = 1, text = '' }) => { answers.push({ on, answer, times, text }) },
  silence: ({ method, id, how }) => { silenced.set(`${method}:${id}`, how) },
  emit: ({ event, payload }) => { puppet.emit(event, payload) },
  login: () => { if (!puppet.isLoggedIn) puppet.login(options.login) },
  logout: async ({ reason = '' }) => { await puppet.logout(reason) },
  world: () => ({ contacts: [...contacts.values()], rooms: [...rooms.values()] }),
}

const mocker = new mock.Mocker()
const puppet = new DrivenPuppet({ mocker })
puppet.on('newListener', event => { if (event === 'message' && settings.replay) setImmediate(() => puppet.sayAgain()) })
restore()
person({ id: options.login, ...(contacts.has(options.login) ? {} : { name: '掌柜' }) })
mocker.use(() => {
  if (!puppet.isLoggedIn && options.start_logged_in !== false) puppet.login(options.login)
  return () => {}
})
process.on('unhandledRejection', reason => out({ trouble: String(reason) }))
// What hangs is given up after a minute with an `error`; Node ends a process in which nobody listens to one.
puppet.on('error', reason => out({ trouble: JSON.stringify(reason) }))
await new PuppetServer({ endpoint: options.endpoint, puppet, token: options.token, tls: { disable: !options.tls } }).start()
await puppet.start()
await sleep(0)                                  // the mock logs in on the next turn of the loop
out({ ready: options.endpoint })

createInterface({ input: process.stdin }).on('line', async line => {
  const { call, do: name, ...fields } = JSON.parse(line)
  try {
    out({ call, result: (await commands[name](fields)) ?? null })
  } catch (error) {
    out({ call, error: String(error) })
  }
}).on('close', () => process.exit(0))
