/**
 * The one system call filter of every sandbox, as data: what is allowed, what is refused with EPERM, what does not
 * exist (ENOSYS, so that a C library falls back), and the three calls that depend on an argument. What is not named
 * at all does not exist either, so a call that a later kernel adds is closed until it is put here.
 *
 * `seccomp-json.ts` and `seccomp-bpf.ts` compile it for the engines.
 */

/** Words separated by spaces; kept as text because one call per line would hide the list. */
function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const ALLOWED = words(`
accept accept4 access alarm arch_prctl bind brk cachestat capget capset chdir chmod chown clock_getres
clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create
epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group
faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue
futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents getdents64
getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom
getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr
inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents
io_setup io_submit ioctl ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset
landlock_restrict_self lchown lgetxattr link linkat listen listxattr llistxattr lremovexattr lseek lsetxattr lstat
madvise map_shadow_stack membarrier memfd_create mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap
mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv
msgsnd msync munlock munlockall munmap nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal
pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_mrelease
pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg
remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending
rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop
semtimedop sendfile sendmmsg sendmsg sendto set_robust_list set_thread_area set_tid_address setfsgid setfsuid
setgid setgroups setitimer setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt
setuid setxattr shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 socketpair splice stat statfs
statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate
umask uname unlink unlinkat utime utimensat utimes vfork vmsplice wait4 waitid write writev
`);

// New mounts and namespaces, other processes' memory, kernel keys, programs in the kernel, handles that go around
// paths, and what only an administrator does. Several also need a capability; they are refused before that is asked.
const REFUSED = words(`
mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr statmount
listmount unshare setns ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd keyctl add_key
request_key bpf perf_event_open userfaultfd open_by_handle_at name_to_handle_at kexec_load kexec_file_load reboot
swapon swapoff init_module finit_module delete_module create_module get_kernel_syms query_module acct quotactl
quotactl_fd nfsservctl syslog lookup_dcookie fanotify_init fanotify_mark settimeofday clock_settime adjtimex
clock_adjtime sethostname setdomainname vhangup iopl ioperm modify_ldt uselib ustat sysfs _sysctl mbind
set_mempolicy get_mempolicy set_mempolicy_home_node migrate_pages move_pages memfd_secret lsm_get_self_attr
lsm_set_self_attr lsm_list_modules
`);

// clone3 hides its flags behind a pointer that a filter cannot read; with ENOSYS every libc uses clone instead.
const ABSENT = words('clone3 io_uring_setup io_uring_enter io_uring_register');

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
export const CLONE_NAMESPACE_FLAGS = 0x7e02_0000;

/** `errno` values that the filter gives back; the same number on every Linux architecture. */
export const ERRNO = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;

/** What happens to one system call. Conditions look at the low 32 bits of an argument, as the kernel does there. */
export type SyscallRule =
  | { kind: 'allow' }
  | { kind: 'refuse'; errno: number }
  /** Allowed if `argument & mask` is 0. */
  | { kind: 'allow-if-clear'; argument: number; mask: number; otherwise: number }
  /** Allowed if the argument is one of `values`. */
  | { kind: 'allow-if-one-of'; argument: number; values: readonly number[]; otherwise: number };

/** The filter: a rule per call, and the `errno` of every call that has none. */
export interface SeccompPolicy {
  rules: ReadonlyMap<string, SyscallRule>;
  otherwise: number;
}

function buildRules(): ReadonlyMap<string, SyscallRule> {
  const rules = new Map<string, SyscallRule>();
  for (const name of ALLOWED) rules.set(name, { kind: 'allow' });
  for (const name of REFUSED) rules.set(name, { kind: 'refuse', errno: ERRNO.EPERM });
  for (const name of ABSENT) rules.set(name, { kind: 'refuse', errno: ERRNO.ENOSYS });
  rules.set('clone', { kind: 'allow-if-clear', argument: 0, mask: CLONE_NAMESPACE_FLAGS, otherwise: ERRNO.EPERM });
  // PER_LINUX and PER_LINUX32, with and without UNAME26, and the query. Not ADDR_NO_RANDOMIZE, not READ_IMPLIES_EXEC.
  const personalities = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];
  rules.set('personality', { kind: 'allow-if-one-of', argument: 0, values: personalities, otherwise: ERRNO.EPERM });
  // UNIX, INET, INET6, NETLINK. AF_VSOCK above all must stay out: a network namespace does not hold it.
  const families = [1, 2, 10, 16];
  rules.set('socket', { kind: 'allow-if-one-of', argument: 0, values: families, otherwise: ERRNO.EAFNOSUPPORT });
  return rules;
}

/** The filter that every profile uses. */
export const SECCOMP_POLICY: SeccompPolicy = { rules: buildRules(), otherwise: ERRNO.ENOSYS };
