// Names the mutex that guards a member. Clang checks the claim (-Wthread-safety); g++ reads it as a comment.
#pragma once

#if defined(__clang__)
#define GUARDED_BY(mutex) __attribute__((guarded_by(mutex)))
#else
#define GUARDED_BY(mutex)
#endif
