from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from assay.accounts.models import AuditEvent, StaffInvitation, User
from promptsets.record_admin import RecordAdmin


@admin.register(User)
class AssayUserAdmin(UserAdmin):
    list_display = ("username", "email", "role", "is_staff", "is_active", "last_login")
    list_filter = ("role", "is_staff", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Assay", {"fields": ("role",)}))
    add_fieldsets = (*UserAdmin.add_fieldsets, ("Assay", {"fields": ("email", "role")}))


@admin.register(StaffInvitation)
class StaffInvitationAdmin(RecordAdmin):
    list_display = ("email", "role", "invited_by", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("invited_by",)


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    """Read only, for everyone: an audit log that can be edited is none."""

    list_display = ("at", "actor", "action", "target")
    list_filter = ("action",)
    search_fields = ("target", "action")
    date_hierarchy = "at"
