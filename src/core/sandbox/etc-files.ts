/** The few files of /etc that a run sees, made instead of copied: the host's accounts are none of its business. */

/** File name below /etc and content. */
export function renderEtcFiles(user: { uid: number; gid: number }): Readonly<Record<string, string>> {
  const { uid, gid } = user;
  return {
    passwd:
      'root:x:0:0:root:/:/usr/sbin/nologin\n' +
      `agent:x:${uid}:${gid}:agent:/home/agent:/bin/sh\n` +
      (uid === 65534 ? '' : 'nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n'),
    group: `root:x:0:\nagent:x:${gid}:\n${gid === 65534 ? '' : 'nogroup:x:65534:\n'}`,
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
    hosts: '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 sandbox\n',
  };
}
