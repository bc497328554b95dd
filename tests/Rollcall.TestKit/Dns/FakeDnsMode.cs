namespace Rollcall.TestKit.Dns;

/// <summary>What <see cref="FakeDnsServer"/> does with a question.</summary>
public enum FakeDnsMode
{
    /// <summary>Answers from its zone.</summary>
    Healthy,

    /// <summary>Says nothing.</summary>
    Drop,

    /// <summary>SERVFAIL.</summary>
    ServerFailure,

    /// <summary>REFUSED.</summary>
    Refuse,

    /// <summary>Sends to other servers (NS) whom it is asked about, as one does that neither holds the zone nor asks others on anyone's behalf.</summary>
    Refer,

    /// <summary>Holds the zone, asks nobody else, and has nothing of the kind asked for, which it does not prove by an SOA record either.</summary>
    AuthoritativeNothing,

    /// <summary>Does not know EDNS: FORMERR, without the question, to whom uses it.</summary>
    Old,

    /// <summary>Over UDP says only that it does not fit.</summary>
    Truncate,

    /// <summary>As <see cref="Truncate"/>, and closes TCP connections in the middle of the answer.</summary>
    TruncateAndHangUp,

    /// <summary>A forged answer with another id, and none that is true.</summary>
    WrongId,

    /// <summary>A forged answer to another question, and none that is true.</summary>
    WrongQuestion,

    /// <summary>A forged answer from another port, and none that is true.</summary>
    WrongServer,

    /// <summary>One forged answer of each kind, then the true one.</summary>
    ForgedThenTrue,

    /// <summary>The right id and then nonsense.</summary>
    Garbage,

    /// <summary>Each alias leads to the next, without end.</summary>
    EndlessAliases,
}
