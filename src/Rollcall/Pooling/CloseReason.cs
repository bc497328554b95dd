namespace Rollcall.Pooling;

/// <summary>Why a pool closed a connection.</summary>
internal enum CloseReason
{
    /// <summary>Nobody has used it for a while.</summary>
    Idle,

    /// <summary>It was old.</summary>
    Lifetime,

    /// <summary>It was found dead while it was idle.</summary>
    Unusable,

    /// <summary>Its caller said that it is broken.</summary>
    Failed,

    /// <summary>Its caller did not want to give it back.</summary>
    Discarded,

    /// <summary>Its endpoint drains, has left or has moved.</summary>
    Retired,

    /// <summary>It made room for one to an endpoint that had none.</summary>
    Replaced,

    /// <summary>The pool was disposed of.</summary>
    Disposed,
}
