namespace Metrana.MLflow.Tests;

/// <summary>A test against a real MLflow server, where there is a program that starts one.</summary>
internal sealed class MlflowFactAttribute : FactAttribute
{
    public MlflowFactAttribute() => Skip = MlflowServer.WhyNot;
}

/// <summary>The same with data.</summary>
internal sealed class MlflowTheoryAttribute : TheoryAttribute
{
    public MlflowTheoryAttribute() => Skip = MlflowServer.WhyNot;
}
