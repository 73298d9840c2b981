"""Users and groups in the look of the rest. Who is no superuser gives nobody more than they have, least of all
themselves."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(UserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """People who log in. An administrator by role gives rights by roles alone, and no superuser is theirs to change."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if request.user.is_superuser:
            return ()
        return ("is_superuser", "user_permissions", *(("groups", "is_staff") if obj == request.user else ()))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups" and not request.user.is_superuser:
            kwargs["queryset"] = within(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles that this administrator cannot give, and so was not shown, are kept."""
        kept = [] if request.user.is_superuser else list(form.instance.groups.difference(within(request.user)))
        super().save_related(request, form, formsets, change)
        form.instance.groups.add(*kept)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and in_reach(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and in_reach(request.user, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Whoever gives a person a password can log in as them: only for those who hold no more rights than oneself."""
        person = self.get_object(request, unquote(id))
        if isinstance(person, User) and not covers(request.user, person):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Many at once: those out of reach stand among what may not be deleted."""
        found, counts, needed, protected = super().get_deleted_objects(objs, request)
        return found, counts, needed | {str(one) for one in objs if not in_reach(request.user, one)}, protected


def in_reach(actor: User | AnonymousUser, obj: User | None) -> bool:
    return actor.is_superuser or obj is None or not obj.is_superuser


def covers(actor: User | AnonymousUser, person: User) -> bool:
    """Whether the person holds no right, be they active or not, that the actor lacks."""
    if actor.is_superuser:
        return True
    return not person.is_superuser and not rights(person).exclude(pk__in=rights(actor).values("pk")).exists()


def rights(person: User | AnonymousUser) -> QuerySet[Permission]:
    return Permission.objects.filter(Q(group__user=person.pk) | Q(user=person.pk))


def within(actor: User | AnonymousUser) -> QuerySet[Group]:
    """The roles that hold no right which this person lacks."""
    more = Permission.objects.exclude(pk__in=rights(actor).values("pk"))
    return Group.objects.exclude(permissions__in=more)


@admin.register(Group)
class PersonGroupAdmin(GroupAdmin, ModelAdmin):
    """What people of one role may do. Superusers alone change it, else a role could be widened from within."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and request.user.is_superuser
