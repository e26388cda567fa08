/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doubly linked list with the links inside the elements. A member of type struct xs_list is either
 * a head or a link; a comment beside each link names the head that it hangs on.
 */
#ifndef XS_BASE_LIST_H
#define XS_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct xs_list {
	struct xs_list *next;
	struct xs_list *prev;
};

#define xs_container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

static inline void xs_list_init(struct xs_list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool xs_list_empty(const struct xs_list *head)
{
	return head->next == head;
}

/* Adds the link at the end of the list. */
static inline void xs_list_append(struct xs_list *head, struct xs_list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Takes the link out of its list; taking it out twice is harmless. */
static inline void xs_list_remove(struct xs_list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	xs_list_init(link);
}

#define xs_list_entry(link, type, member) xs_container_of(link, type, member)

/* The element in the body must stay in the list; the _safe form allows removing it. */
#define xs_list_for_each(link, head)                                                               \
	for (struct xs_list *link = (head)->next; link != (head); link = link->next)

#define xs_list_for_each_safe(link, head)                                                          \
	for (struct xs_list *link = (head)->next, *link##_next = link->next; link != (head);       \
		link = link##_next, link##_next = link->next)

#endif
