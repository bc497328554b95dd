using Rollcall.Registration;

namespace Rollcall.Tests.Registration;

public sealed class RegistrationProtocolTests
{
    private static readonly TimeSpan Third = TimeSpan.FromSeconds(3.333);

    private readonly ProtocolRun _run = new();

    [Fact]
    public void An_announced_instance_is_registered_then_renewed_every_third_of_its_ttl()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);

        _run.Register();
        for (var i = 0; i < 20; i++)
        {
            Assert.InRange(_run.PassWait(), Third * 5 / 6, Third);
            _run.Renew();
        }

        Assert.IsType<RegistrationNotice.Registered>(Assert.Single(_run.Notices));
    }

    [Fact]
    public void All_leases_of_the_process_are_renewed_in_one_request()
    {
        for (var i = 0; i < 3; i++)
            _run.Protocol.Announce(ProtocolRun.Announcement($"o-{i}"), _run.Now);
        for (var i = 0; i < 3; i++)
            _run.Register();

        _run.PassWait();

        Assert.Equal(["o-0", "o-1", "o-2"], _run.Renew().Leases.Select(static lease => lease.Id));
    }

    [Fact]
    public void More_leases_than_a_body_holds_are_renewed_in_several_requests()
    {
        for (var i = 0; i < RegistrationAgenda.MaxLeasesPerRenewal + 10; i++)
        {
            _run.Protocol.Announce(ProtocolRun.Announcement($"o-{i}"), _run.Now);
            _run.Register();
        }

        _run.PassWait();

        Assert.Equal(RegistrationAgenda.MaxLeasesPerRenewal, _run.Renew().Leases.Count);
        Assert.Equal(10, _run.Renew().Leases.Count);
        _run.PassWait();
    }

    [Fact]
    public void What_the_node_has_forgotten_is_registered_again()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Register();
        _run.PassWait();

        _run.Renew("unknown");

        _run.Register();
        Assert.Contains(_run.Notices, static notice => notice is RegistrationNotice.Forgotten);
    }

    [Fact]
    public void An_absent_node_is_tried_with_growing_pauses_and_told_once()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        var caps = new[] { 0.25, 0.5, 1, 2, 2.5, 2.5, 2.5 };
        foreach (var cap in caps)
        {
            Assert.IsType<RegistrationAction.Register>(_run.Fail(ProtocolRun.Unreachable()));
            Assert.InRange(_run.PassWait(), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(cap));
        }

        Assert.IsType<RegistrationNotice.Unreachable>(Assert.Single(_run.Notices));

        _run.Register();
        _run.Next();
        Assert.Equal(_run.Now, Assert.Single(_run.Notices.OfType<RegistrationNotice.Reachable>()).After);
    }

    [Fact]
    public void Back_after_an_outage_it_renews_first_so_that_nothing_is_forgotten_needlessly()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Register();
        _run.PassWait();
        _run.Fail(ProtocolRun.Unreachable());
        _run.PassWait();

        _run.Renew();

        _run.PassWait();
        Assert.Single(_run.Notices.OfType<RegistrationNotice.Registered>());
    }

    [Fact]
    public void The_next_node_is_asked_at_once_when_one_fails()
    {
        var run = new ProtocolRun(nodes: 3);
        run.Protocol.Announce(ProtocolRun.Announcement(), run.Now);

        Assert.Equal(0, run.Protocol.Node);
        run.Fail(ProtocolRun.Unreachable());
        Assert.Equal(1, run.Protocol.Node);
        run.Register();
        run.PassWait();

        run.Fail(ProtocolRun.Unreachable());
        Assert.Equal(2, run.Protocol.Node);
        run.Fail(ProtocolRun.Unreachable());
        run.Fail(ProtocolRun.Unreachable());
        run.PassWait();
        Assert.Equal(1, run.Protocol.Node);
        run.Renew("unknown");
        run.Register();
        Assert.Single(run.Notices.OfType<RegistrationNotice.Unreachable>());
    }

    [Fact]
    public void A_busy_node_is_left_alone_for_as_long_as_it_asks()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);

        _run.Fail(new Rollcall.Api.NodeException("busy", 503, null) { RetryAfter = TimeSpan.FromSeconds(2) });

        Assert.Equal(TimeSpan.FromSeconds(2), _run.PassWait());
    }

    [Fact]
    public void After_sleeping_it_renews_at_once()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Register();
        _run.Next<RegistrationAction.Wait>();

        _run.Slept = TimeSpan.FromHours(8);

        _run.Renew();
        _run.PassWait();
    }

    [Fact]
    public void After_being_stopped_for_longer_than_the_lease_it_renews_at_once()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Register();

        _run.Advance(TimeSpan.FromMinutes(5));

        _run.Renew("unknown");
        _run.Register();
    }

    [Fact]
    public void A_status_is_said_again_after_registering_again()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Register();
        _run.Protocol.SetStatus("orders", "o-1", EndpointState.NotReady, "warming up");
        SetStatus();
        _run.PassWait();
        _run.Renew("unknown");
        _run.Register();

        SetStatus();

        _run.PassWait();

        void SetStatus()
        {
            var action = _run.Next<RegistrationAction.SetStatus>();
            Assert.Equal((EndpointState.NotReady, "warming up"), (action.State, action.Reason));
            _run.Protocol.StatusSet(action, _run.Now);
        }
    }

    [Fact]
    public void An_id_held_by_another_owner_is_waited_for()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("o-1", Assert.IsType<RegistrationAction.Register>(_run.Fail(ProtocolRun.Problem(403, "not-owner"))).Id);
            Assert.InRange(_run.PassWait(), TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(30));
        }

        _run.Register();

        Assert.Null(Assert.Single(_run.Notices.OfType<RegistrationNotice.Conflict>()).NewId);
    }

    [Fact]
    public void An_id_held_by_another_owner_is_changed_when_that_is_allowed()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(rename: true), _run.Now);
        _run.Fail(ProtocolRun.Problem(403, "not-owner"));

        var again = _run.Next<RegistrationAction.Register>();
        _run.Accept(again);

        Assert.Matches("^o-1-[0-9a-z]{4}$", again.Id);
        Assert.Equal(again.Id, Assert.Single(_run.Notices.OfType<RegistrationNotice.Conflict>()).NewId);
        _run.Protocol.Withdraw("orders", "o-1", _run.Now);
        Assert.Equal(again.Id, _run.Next<RegistrationAction.Deregister>().Id);
    }

    [Fact]
    public void A_refused_registration_is_told_once_and_does_not_stop_the_others()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement("bad"), _run.Now);
        _run.Protocol.Announce(ProtocolRun.Announcement("good"), _run.Now);
        _run.Fail(ProtocolRun.Problem(400, "invalid-request"));

        _run.Register();
        _run.PassWait();
        _run.Fail(ProtocolRun.Problem(400, "invalid-request"));

        _run.Next();
        Assert.Equal("bad", Assert.Single(_run.Notices.OfType<RegistrationNotice.Refused>()).Id);
    }

    [Fact]
    public void A_withdrawn_instance_is_deregistered_and_not_renewed()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Register();
        _run.Protocol.WithdrawAll(_run.Now);

        _run.Fail(ProtocolRun.Unreachable());
        _run.PassWait();
        _run.Protocol.Deregistered(_run.Next<RegistrationAction.Deregister>(), _run.Now);

        Assert.Empty(_run.Protocol.Members);
        _run.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.MaxValue, _run.Next<RegistrationAction.Wait>().Until);
    }

    [Fact]
    public void What_no_node_was_told_needs_no_goodbye()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);

        _run.Protocol.WithdrawAll(_run.Now);

        Assert.Empty(_run.Protocol.Members);
    }

    [Fact]
    public void A_registration_whose_answer_was_lost_is_deregistered_all_the_same()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Fail(ProtocolRun.Unreachable());

        _run.Protocol.WithdrawAll(_run.Now);
        _run.Fail(ProtocolRun.Problem(404, "instance-not-found"));

        Assert.Empty(_run.Protocol.Members);
    }
}
